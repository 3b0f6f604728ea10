#include "evaluation/predict_files.h"

#include <opencv2/core.hpp>
#include <stdexcept>
#include <utility>

#include "evaluation/corruption.h"
#include "support/files.h"
#include "support/hash.h"
#include "support/interrupt.h"
#include "support/ordered_parallel.h"
#include "support/photo.h"
#include "support/progress.h"
#include "support/say.h"

namespace catdog {
namespace {

// One file after its turn.
struct Looked {
  PhotoPrediction photo;
  std::vector<PhotoPrediction> corrupted;
  int width = 0, height = 0;
  std::string sha256, error;
};

struct Unreadable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::vector<PhotoPrediction> predict_corrupted(Ensemble& models, const AskedRows& asked, std::size_t row, Bytes file,
                                               const std::string& path) {
  std::vector<PhotoPrediction> predictions(corruption_names().size());
  const cv::Mat whole = decode_whole(file);
  if (whole.empty()) return predictions;
  const ToSrgb to_srgb = ToSrgb::of_file(file);
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    try {
      const cv::Mat corrupted = corrupted_photo(whole, corruption_names()[i]);
      predictions[i] = models.predict(
          asked, row, [&](int size) { return picture_of(corrupted, size, to_srgb); }, path);
    } catch (const cv::Exception&) {  // a picture too large for a format, say: it has no such copy
    }
  }
  return predictions;
}

Looked look_at(Ensemble& models, const FileSet& set, std::size_t row, const AskedRows& asked, bool with_corruptions) {
  Looked looked;
  std::vector<std::uint8_t> bytes;
  const auto picture = [&](int size) {
    auto photo = preprocess_photo(view(bytes), size);
    if (!photo) throw Unreadable(photo.error().message);
    looked.width = photo->width, looked.height = photo->height;
    return std::move(photo->picture);
  };
  try {
    try {
      bytes = read_file(set.files[row]);
    } catch (const std::exception& failure) {
      throw Unreadable(reason_of(failure));
    }
    looked.sha256 = sha256(view(bytes));
    looked.photo = models.predict(asked, row, picture, set.paths[row]);
  } catch (const Unreadable& failure) {
    looked.error = failure.what();
    return looked;
  }
  if (with_corruptions && set.set.samples[row].label != kNegative) {
    looked.corrupted = predict_corrupted(models, asked, row, view(bytes), set.paths[row]);
  }
  return looked;
}

}  // namespace

FilePredictions predict_files(Ensemble& models, FileSet& set, const std::vector<std::size_t>& rows,
                              const AskedRows& asked, bool with_corruptions, int threads) {
  const std::size_t count = set.files.size();
  FilePredictions all;
  all.photos.resize(count);
  all.errors.resize(count);
  if (with_corruptions) all.corrupted.assign(corruption_names().size(), std::vector<PhotoPrediction>(count));
  std::size_t failed = 0;
  Progress progress("Evaluating", rows.size(), "photos");
  const int workers = threads > 0 ? threads : core_count();
  ordered_parallel(
      rows.size(), workers, static_cast<std::size_t>(16 * workers),
      [&](std::size_t i) { return look_at(models, set, rows[i], asked, with_corruptions); },
      [&](std::size_t i, Looked looked) {
        check_interrupt();
        const std::size_t row = rows[i];
        Sample& sample = set.set.samples[row];
        sample.width = looked.width, sample.height = looked.height;
        sample.sha256 = std::move(looked.sha256);
        failed += !looked.error.empty();
        all.errors[row] = std::move(looked.error);
        all.photos[row] = std::move(looked.photo);
        for (std::size_t c = 0; c < looked.corrupted.size(); ++c) {
          all.corrupted[c][row] = std::move(looked.corrupted[c]);
        }
        progress.show(i + 1, failed > 0 ? format_count(failed) + " cannot be read" : std::string());
      });
  return all;
}

}  // namespace catdog
