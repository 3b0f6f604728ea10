#include "inference/classify.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <opencv2/core.hpp>
#include <stdexcept>

#include "catdog/csv.h"
#include "inference/network_pool.h"
#include "inference/photo_list.h"
#include "support/files.h"
#include "support/interrupt.h"
#include "support/ordered_parallel.h"
#include "support/photo.h"
#include "support/progress.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

ModelBundle open_bundle(const ClassifyOptions& options) {
  if (options.model.empty() && !fs::exists(kDefaultModel)) {
    throw std::runtime_error(std::string("expected a model bundle in ") + kDefaultModel +
                             " below the current folder, found none: name one with --model DIR, or start in the "
                             "project's folder");
  }
  ModelBundle bundle = read_model_bundle(options.model.empty() ? kDefaultModel : options.model);
  if (options.threshold) bundle.thresholds.confidence = *options.threshold;
  if (options.presence) bundle.thresholds.presence = *options.presence;
  return bundle;
}

PhotoList find_photos(const ClassifyOptions& options) {
  PhotoList photos;
  std::string names;
  for (const std::string& input : options.inputs) {
    names += (names.empty() ? "" : ", ") + (input == "-" ? "standard input" : input);
    if (input == "-") {
      photos.add_listed(STDIN_FILENO, options.null_separated ? '\0' : '\n');
    } else {
      photos.add(input);
    }
  }
  if (photos.size() == 0) throw std::runtime_error(names + ": expected at least one file, found none");
  photos.sort();
  photos.keep(options.shard.begin(photos.size()), options.shard.end(photos.size()));
  return photos;
}

struct Tally {
  std::vector<std::size_t> decided;  // for each label
  std::size_t unsure = 0;
  std::size_t neither = 0;
  std::size_t failed = 0;
};

void count_decision(const Prediction& prediction, Tally& tally) {
  switch (prediction.decision) {
    case Decision::kClass: ++tally.decided[prediction.class_id]; break;
    case Decision::kUnsure: ++tally.unsure; break;
    case Decision::kNeither: ++tally.neither; break;
  }
}

// Some files that follow each other in the list.
struct Chunk {
  std::string rows;
  Tally tally;
};

// Appends the photo's tensor; gives its row without a prediction, which has an error where there is no tensor.
Row read_photo(const PhotoList& photos, std::size_t index, int size, std::vector<float>& tensors) {
  Row row;
  row.path = photos.path(index);
  try {
    const auto bytes = read_file(photos.file(index));
    const auto photo = preprocess_photo(view(bytes), size);
    if (!photo) {
      row.error = photo.error().message;
      return row;
    }
    const std::size_t filled = tensors.size();
    tensors.resize(filled + std::size_t{3} * size * size);
    to_tensor(photo->picture, tensors.data() + filled);
    row.width = photo->width;
    row.height = photo->height;
  } catch (const std::bad_alloc&) {
    row.error = "expected memory to read the file, found none";
  } catch (const std::exception& failure) {
    row.error = failure.what();
  }
  return row;
}

Chunk classify_chunk(const PhotoList& photos, std::size_t begin, std::size_t end, const ModelBundle& bundle,
                     NetworkPool& networks) {
  std::vector<Row> rows;
  std::vector<float> tensors;
  int sound = 0;
  for (std::size_t i = begin; i < end; ++i) {
    check_interrupt();
    rows.push_back(read_photo(photos, i, bundle.size, tensors));
    sound += rows.back().error.empty();
  }
  const std::size_t labels = bundle.labels.size();
  const NetworkOutput said = sound > 0 ? networks.run(tensors, sound) : NetworkOutput();
  Chunk chunk;
  chunk.tally.decided.resize(bundle.labels.size());
  std::size_t next = 0;
  for (Row& row : rows) {
    Prediction prediction;
    if (!row.error.empty()) {
      ++chunk.tally.failed;
    } else {
      prediction = predict(said.probabilities.data() + next * labels, static_cast<int>(labels), said.presence[next],
                           bundle.thresholds);
      ++next;
      row.prediction = &prediction;
      count_decision(prediction, chunk.tally);
    }
    chunk.rows += csv_row(row, bundle.labels);
  }
  return chunk;
}

// Standard output, or a file that appears when it is complete.
class Output {
 public:
  explicit Output(const std::string& name) : name_(name == "-" ? "standard output" : name) {
    if (name != "-") file_.emplace(name);
  }
  void write(const std::string& text) {
    errno = 0;
    std::ostream& stream = file_ ? file_->stream() : std::cout;
    stream << text << std::flush;  // so that a full disk is noticed at once
    if (!stream) throw std::runtime_error(name_ + ": expected to be written whole, found " + std::strerror(errno));
  }
  void commit() {
    if (file_) file_->commit();
  }
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::optional<AtomicFile> file_;
};

std::string last_line(std::size_t count, const Tally& tally, const ModelBundle& bundle, double seconds,
                      const std::string& out) {
  const std::vector<std::string>& labels = bundle.labels;
  std::string line = format_count(count) + (count == 1 ? " file: " : " files: ");
  for (std::size_t i = 0; i < labels.size(); ++i) line += format_count(tally.decided[i]) + ' ' + labels[i] + ", ";
  if (!bundle.presence.empty()) line += format_count(tally.neither) + " neither, ";
  char rate[32];
  std::snprintf(rate, sizeof rate, "%.1f", static_cast<double>(count) / std::max(seconds, 1e-3));
  return line + format_count(tally.unsure) + " unsure, " + format_count(tally.failed) + " failed; " + rate +
         " photos a second; predictions in " + out;
}

}  // namespace

std::string classify(const ClassifyOptions& options) {
  const ModelBundle bundle = open_bundle(options);
  const PhotoList photos = find_photos(options);
  // Every thread works on its own photos with its own network: nothing to share, so no threads inside OpenCV.
  cv::setNumThreads(1);
  NetworkPool networks(bundle);
  Output output(options.out);
  output.write(csv_header(bundle.labels));

  const std::size_t count = photos.size();
  const std::size_t threads = static_cast<std::size_t>(options.threads > 0 ? options.threads : core_count());
  // A few photos are spread over all threads.
  const std::size_t step = std::clamp<std::size_t>(count / threads, 1, static_cast<std::size_t>(options.batch));
  Tally total;
  total.decided.resize(bundle.labels.size());
  Progress progress("Classifying", count, "photos");
  ordered_parallel((count + step - 1) / step, static_cast<int>(threads), 4 * threads,
                   [&](std::size_t chunk) {
                     return classify_chunk(photos, chunk * step, std::min(count, (chunk + 1) * step), bundle, networks);
                   },
                   [&](std::size_t index, const Chunk& chunk) {
                     check_interrupt();
                     output.write(chunk.rows);
                     for (std::size_t i = 0; i < total.decided.size(); ++i) total.decided[i] += chunk.tally.decided[i];
                     total.unsure += chunk.tally.unsure;
                     total.neither += chunk.tally.neither;
                     total.failed += chunk.tally.failed;
                     progress.show(std::min(count, (index + 1) * step),
                                   total.failed > 0 ? format_count(total.failed) + " failed" : std::string());
                   });
  output.commit();
  return last_line(count, total, bundle, progress.seconds(), output.name());
}

}  // namespace catdog
