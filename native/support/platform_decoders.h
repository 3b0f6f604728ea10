// The formats that the core leaves to the platform, each read by the library that browsers use where there is one.
// All of them check the size that the file promises before they decode, and hand upright pixels to the core. What a
// file makes them do is bounded by the process that they run in (decoder_pool.h).
#pragma once

#include "catdog/photo/preprocess.h"

namespace catdog {

// libwebp. Of an animation the first frame. Upright as its EXIF chunk says.
Result<Preprocessed> preprocess_webp(Bytes file, int size);

// libheif: AVIF and HEIC, turned as their own properties (irot, imir) say; EXIF is only a copy of those.
Result<Preprocessed> preprocess_heif(Bytes file, Format format, int size);

// OpenCV: TIFF (the first page, upright as its orientation tag says) and JPEG 2000. No browser but Safari reads these.
Result<Preprocessed> preprocess_by_opencv(Bytes file, Format format, int size);

// By whichever of these reads the format. To be called in a decoder process.
Result<Preprocessed> decode_by_platform(Bytes file, Format format, int size);

// Loads what the libraries would load with the first photo, when a decoder process may not open files any more.
void prepare_platform_decoders();

// For messages: "expected a sound WebP picture, found " + found.
Error unsound(Format format, const std::string& found);

}  // namespace catdog
