// The decoders behind decode(): pictures as stored, not yet upright.
#pragma once

#include "catdog/photo/decode.h"
#include "jpeg_work.h"

namespace catdog {

// libjpeg-turbo, and what is faster for ordinary files. `cover` as in decode(). Damaged data gives a warning; only data
// without usable pixels is an error, and Problem::kTooLarge what takes more than `work`.
Result<Decoded> decode_jpeg(Bytes file, int cover, JpegWork& work);

// stb_image, always at full size; for JPEG only where libjpeg-turbo refuses. Data that ends early gives a warning where
// stb_image does not refuse it (missing bytes are read as 0).
Result<Decoded> decode_stb(Bytes file, Format format, JpegWork& work);

// PNM, always at full size.
Result<Decoded> decode_pnm(Bytes file);

// BMP with run-length coding, always at full size. Data that ends early gives a warning.
bool is_run_length_bmp(Bytes file);
Result<Decoded> decode_bmp_rle(Bytes file);

// PSD and PSB in grey, RGB or CMYK, always at full size.
Result<Decoded> decode_psd(Bytes file);

// Unpacks a zlib stream (RFC 1950). The number of bytes; 0 where it is damaged or does not fit into `room`.
std::size_t inflate_zlib(Bytes packed, std::uint8_t* out, std::size_t room);

// The warning for such data.
inline constexpr const char* kEndsEarly = "the file ends before the picture does";

}  // namespace catdog
