#include "support/platform_decoders.h"

#include <libheif/heif.h>

#include <algorithm>
#include <string>
#include <utility>

namespace catdog {

Error unsound(Format format, const std::string& found) {
  std::string line = std::string("expected a sound ") + format_name(format) + " picture, found " + found;
  // What libraries say may run over several lines.
  std::replace(line.begin(), line.end(), '\n', ' ');
  return {Problem::kCorrupt, std::move(line)};
}

void prepare_platform_decoders() { heif_init(nullptr); }

Result<Preprocessed> decode_by_platform(Bytes file, Format format, int size) {
  switch (format) {
    case Format::kWebp: return preprocess_webp(file, size);
    case Format::kAvif:
    case Format::kHeic: return preprocess_heif(file, format, size);
    case Format::kTiff: return preprocess_tiff(file, size);
    case Format::kJpeg2000: return preprocess_jpeg_2000(file, size);
    default: return unsound(format, "a format that is read elsewhere");
  }
}

}  // namespace catdog
