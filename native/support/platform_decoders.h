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

// libtiff: the first picture of the file, upright as its orientation tag says; of a camera's raw data (DNG, NEF, CR2,
// …) the largest picture in it that can be read. No browser but Safari reads TIFF and JPEG 2000.
Result<Preprocessed> preprocess_tiff(Bytes file, int size);

// OpenJPEG. Samples of any depth; a component beyond the colours counts only where the file calls it alpha.
Result<Preprocessed> preprocess_jpeg_2000(Bytes file, int size);

// By whichever of these reads the format. To be called in a decoder process.
Result<Preprocessed> decode_by_platform(Bytes file, Format format, int size);

// Loads what the libraries would load with the first photo, when a decoder process may not open files any more.
void prepare_platform_decoders();

// For messages: "expected a sound WebP picture, found " + found.
Error unsound(Format format, const std::string& found);

}  // namespace catdog
