#include "support/photo.h"

#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include "support/platform_decoders.h"

namespace catdog {

Error unsound(Format format, const std::string& found) {
  std::string line = std::string("expected a sound ") + format_name(format) + " picture, found " + found;
  // What libraries say may run over several lines.
  std::replace(line.begin(), line.end(), '\n', ' ');
  return {Problem::kCorrupt, std::move(line)};
}

Result<Preprocessed> preprocess_photo(Bytes file, int size) {
  auto by_core = preprocess(file, size);
  if (by_core || by_core.error().problem != Problem::kNeedsPlatform) return by_core;
  const Format format = sniff_format(file);
  try {
    switch (format) {
      case Format::kWebp: return preprocess_webp(file, size);
      case Format::kAvif:
      case Format::kHeic: return preprocess_heif(file, format, size);
      default: return preprocess_by_opencv(file, format, size);
    }
  } catch (const std::bad_alloc&) {
    return Error{Problem::kNoMemory, "expected memory to read the picture, found none"};
  }
}

}  // namespace catdog
