// From the bytes of a photo to an upright RGB picture.
#pragma once

#include <cstdint>
#include <string>

#include "catdog/bytes.h"
#include "catdog/photo/format.h"
#include "catdog/photo/image.h"
#include "catdog/photo/to_srgb.h"
#include "catdog/result.h"

namespace catdog {

struct Decoded {
  Image image;    // upright; a JPEG may be smaller than its full size (see decode)
  int width = 0;  // upright, at full size
  int height = 0;
  Format format = Format::kUnknown;
  ToSrgb to_srgb;       // what the image's colours need still
  std::string warning;  // not empty: the file is damaged, the pixels usable (documented partial decode)
};

// Decodes JPEG, PNG, GIF (first frame), BMP, PSD and PSB (grey, RGB, CMYK), PNM (P1 to P7) and TGA.
//
// `cover`: the side, in pixels, of the square that the picture will be resized to; a JPEG is decoded straight at the
// smallest scale n/8 of its discrete cosine transform that is still at least that wide and high. 0: full size.
// Grey, palette, 16-bit (upper byte), CMYK and YCCK become RGB8. Transparent pixels are composed over white.
// Limits: see limits.h.
// WebP, AVIF, HEIC, TIFF and JPEG 2000 give Problem::kNeedsPlatform: decode them elsewhere, then call from_rgba. Where
// their headers already show that they ask for too much or contradict themselves, that is the error.
Result<Decoded> decode(Bytes file, int cover);

// Pixels that the platform decoded (upright, 4 bytes a pixel: R, G, B, alpha not multiplied in), composed over white.
Result<Image> from_rgba(const std::uint8_t* rgba, int width, int height);

// "expected …, found …", when sides or area are out of bounds; for whoever decodes elsewhere, before anything is
// allocated there (the limit then is kMaxWholePixels).
Result<bool> check_size(std::uint64_t width, std::uint64_t height, std::uint64_t most_pixels);

}  // namespace catdog
