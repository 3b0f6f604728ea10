#include "features/read_photos.h"

#include <optional>
#include <stdexcept>
#include <utility>

#include "support/files.h"
#include "support/hash.h"
#include "support/interrupt.h"
#include "support/ordered_parallel.h"
#include "support/photo.h"
#include "support/progress.h"
#include "support/say.h"

namespace catdog {
namespace {

// One file of the data set after its turn: a picture, or the reason why there is none.
struct Read {
  std::optional<Preprocessed> photo;
  Fingerprint print;
  std::string sha256;
  std::string reason;
};

Read read_source(const SourceFile& source, int size) {
  Read read;
  try {
    const auto bytes = read_file(source.file);
    auto photo = preprocess_photo(view(bytes), size);
    if (!photo) {
      read.reason = photo.error().message;
      return read;
    }
    auto print = fingerprint(photo->picture);
    if (!print) {
      read.reason = print.error().message;
      return read;
    }
    read.print = *print;
    read.sha256 = sha256(view(bytes));
    read.photo = std::move(*photo);
  } catch (const std::exception& failure) {
    read.reason = reason_of(failure);
  }
  return read;
}

}  // namespace

FoundPhotos read_photos(const DataSet& data, std::size_t begin, std::size_t end, int size, int threads,
                        const std::function<void(const Image&)>& take) {
  FoundPhotos found;
  Progress progress("Reading photos", end - begin, "files");
  ordered_parallel(
      end - begin, threads > 0 ? threads : core_count(), 64,
      [&](std::size_t i) { return read_source(data.files[begin + i], size); },
      [&](std::size_t i, Read read) {
        check_interrupt();
        const SourceFile& source = data.files[begin + i];
        if (read.photo) {
          take(read.photo->picture);
          found.samples.push_back({source.path, source.label, Split::kTrain, read.photo->width, read.photo->height,
                                   std::move(read.sha256), 0, source.source});
          found.prints.push_back(read.print);
          // A hash: a folder's name may be any bytes, and a part is a text.
          found.categories.push_back(source.category.empty() ? "" : Sha256().add(source.category).hex());
        } else {
          found.skipped.push_back({source.path, read.reason});
        }
        progress.show(i + 1);
      });
  return found;
}

}  // namespace catdog
