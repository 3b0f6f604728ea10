// EXIF orientation: how a stored picture must be turned to stand upright.
#pragma once

#include "catdog/bytes.h"
#include "catdog/photo/image.h"
#include "catdog/result.h"

namespace catdog {

// The orientation (1-8) that a JPEG's APP1 segment, a PNG's eXIf chunk or a WebP's EXIF chunk asks for (EXIF 2.32, tag
// 0x0112; of a JPEG's several segments the first that has it); 1, upright, where there is none or it makes no sense.
int exif_orientation(Bytes file);

// True where standing upright swaps width and height (5-8).
constexpr bool swaps_sides(int orientation) { return orientation >= 5 && orientation <= 8; }

// The picture turned upright. `orientation` outside 1-8 means 1.
Result<Image> upright(Image image, int orientation);

}  // namespace catdog
