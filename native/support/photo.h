// A photo of any format: the core's own, and what the core leaves to the platform.
#pragma once

#include "catdog/photo/preprocess.h"

namespace catdog {

// As preprocess(); WebP, AVIF, HEIC, TIFF and JPEG 2000 are decoded by other libraries, in child processes
// (decoder_pool.h), then handed to the same core. Throws Interrupted where the tool is asked to end meanwhile.
Result<Preprocessed> preprocess_photo(Bytes file, int size);

}  // namespace catdog
