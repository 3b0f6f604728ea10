// The child's side of decoding in processes (decoder_pool.h).
#pragma once

#include "catdog/photo/preprocess.h"

namespace catdog {

// What a child makes of a photo.
using Decode = Result<Preprocessed> (*)(Bytes file, Format format, int size);

// To be called first in main() of a program that reads photos of all formats (run_tool does it): the program starts
// itself again as its decoder processes, and there this call serves the parent and never returns. Elsewhere it only
// notes that this program can be started so.
void become_decoder_if_asked(int argc, char** argv, Decode decode);

// Whether become_decoder_if_asked() was called.
bool can_start_decoders();

inline constexpr const char* kBecomeDecoder = "--become-decoder";  // the only argument of such a child

}  // namespace catdog
