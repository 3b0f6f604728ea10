#include "support/photo.h"

#include <new>

#include "support/decoder_pool.h"

namespace catdog {

Result<Preprocessed> preprocess_photo(Bytes file, int size) {
  auto by_core = preprocess(file, size);
  if (by_core || by_core.error().problem != Problem::kNeedsPlatform) return by_core;
  static DecoderPool decoders;
  try {
    return decoders.decode(file, sniff_format(file), size);
  } catch (const std::bad_alloc&) {
    return Error{Problem::kNoMemory, "expected memory to read the picture, found none"};
  }
}

}  // namespace catdog
