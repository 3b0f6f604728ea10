#include "inference/classify.h"

#include <unistd.h>

#include <algorithm>
#include <future>
#include <stdexcept>

#include "catdog/model/csv.h"
#include "inference/chunk.h"
#include "inference/explain.h"
#include "inference/frames.h"
#include "inference/output.h"
#include "inference/photo_list.h"
#include "support/interrupt.h"
#include "support/ordered_parallel.h"
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
  ModelBundle bundle = read_bundle(options.model.empty() ? kDefaultModel : options.model);
  if (options.threshold) bundle.card.thresholds.confidence = *options.threshold;
  if (options.presence) bundle.card.thresholds.presence = *options.presence;
  if (!options.explain.empty() && bundle.card.class_activation.empty()) {
    throw std::runtime_error("--explain: expected a model that tells where it looked, found one without a map");
  }
  return bundle;
}

// Writes a picture for each photo below the folder.
Explain explain_into(const fs::path& folder, EnginePool& engines) {
  if (folder.empty()) return {};
  return [folder, &engines](const std::string& path, int class_id, const Image& picture) {
    const fs::path file = explanation_file(folder, path);
    try {
      const auto png = heat_picture(picture, engines.class_activation(picture), class_id);
      fs::create_directories(file.parent_path());
      write_file(file, std::string(png.begin(), png.end()));
    } catch (const std::exception& problem) {  // the prediction is not lost for it
      std::fprintf(stderr, "%s: expected to write where the network looked, found: %s\n", file.c_str(), problem.what());
    }
  };
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

std::string last_line(std::size_t count, const Tally& tally, const ModelBundle& bundle, double seconds,
                      const std::string& out) {
  const std::vector<std::string>& labels = bundle.card.labels;
  std::string line = format_count(count) + (count == 1 ? " file: " : " files: ");
  for (std::size_t i = 0; i < labels.size(); ++i) line += format_count(tally.decided[i]) + ' ' + labels[i] + ", ";
  if (!bundle.card.presence.empty()) line += format_count(tally.neither) + " neither, ";
  char rate[32];
  std::snprintf(rate, sizeof rate, "%.1f", static_cast<double>(count) / std::max(seconds, 1e-3));
  return line + format_count(tally.unsure) + " unsure, " + format_count(tally.failed) + " failed; " + rate +
         " photos a second; predictions in " + out;
}

// Where all photos are known before the first is read.
std::size_t classify_listed(const ClassifyOptions& options, const ModelBundle& bundle, const PhotoList& photos,
                            EnginePool& engines, const Explain& explain, Output& output, Tally& total) {
  const std::size_t count = photos.size();
  const auto threads = static_cast<std::size_t>(options.threads);
  // A few photos are spread over all threads.
  const std::size_t step = std::clamp<std::size_t>(count / threads, 1, static_cast<std::size_t>(options.batch));
  Progress progress("Classifying", count, "photos");
  ordered_parallel((count + step - 1) / step, options.threads, 4 * threads,
                   [&](std::size_t chunk) {
                     const std::size_t begin = chunk * step;
                     const auto offer = [&](std::size_t i) {
                       return OfferedFile{photos.path(begin + i), [&, i] { return read_file(photos.file(begin + i)); }};
                     };
                     return classify_chunk(std::min(count, begin + step) - begin, offer, bundle, engines, explain);
                   },
                   [&](std::size_t index, const Chunk& chunk) {
                     check_interrupt();
                     output.write(chunk.rows);
                     total.add(chunk.tally);
                     progress.show(std::min(count, (index + 1) * step),
                                   total.failed > 0 ? format_count(total.failed) + " failed" : std::string());
                   });
  return count;
}

// Photos as they come; while some are classified, the next are read.
std::size_t classify_framed(const ClassifyOptions& options, const ModelBundle& bundle, EnginePool& engines,
                            const Explain& explain, Output& output, Tally& total) {
  constexpr std::size_t kBytesOfRound = std::size_t{16} << 20;
  const auto threads = static_cast<std::size_t>(options.threads), batch = static_cast<std::size_t>(options.batch);
  FrameReader reader(STDIN_FILENO);
  const auto read = [&] { return reader.next(batch * threads, kBytesOfRound); };
  std::size_t count = 0;
  auto coming = std::async(std::launch::async, read);
  // Whatever ends this early does not wait for a sender that waits itself.
  struct Stop {
    FrameReader& reader;
    ~Stop() { reader.stop(); }
  } const stop{reader};
  for (std::vector<Frame> frames = coming.get(); !frames.empty(); frames = coming.get()) {
    coming = std::async(std::launch::async, read);
    const std::size_t step = std::clamp<std::size_t>(frames.size() / threads, 1, batch);
    ordered_parallel((frames.size() + step - 1) / step, options.threads, threads,
                     [&](std::size_t chunk) {
                       const std::size_t begin = chunk * step;
                       const auto offer = [&](std::size_t i) {
                         Frame& frame = frames[begin + i];
                         return OfferedFile{frame.path, [&frame] {
                                              if (!frame.error.empty()) throw std::runtime_error(frame.error);
                                              return std::move(frame.bytes);
                                            }};
                       };
                       return classify_chunk(std::min(frames.size(), begin + step) - begin, offer, bundle, engines,
                                             explain);
                     },
                     [&](std::size_t, const Chunk& chunk) {
                       check_interrupt();
                       output.write(chunk.rows);
                       total.add(chunk.tally);
                     });
    count += frames.size();
  }
  return count;
}

}  // namespace

std::string classify(const ClassifyOptions& asked) {
  ClassifyOptions options = asked;
  if (options.threads == 0) options.threads = core_count();
  const ModelBundle bundle = open_bundle(options);
  PhotoList photos;
  if (!options.frames) photos = find_photos(options);
  EnginePool engines(bundle, options.precision);
  if (!engines.why_another().empty()) {
    std::fprintf(stderr, "%s: %s: the network runs on %s, which is slower\n", bundle.onnx_file.c_str(),
                 engines.why_another().c_str(), engines.name().c_str());
  }
  const Explain explain = explain_into(options.explain, engines);
  Output output(options.out);
  output.write(csv_header(bundle.card.labels));
  Tally total;
  total.decided.resize(bundle.card.labels.size());
  const Progress clock("", 1, "");
  const std::size_t count = options.frames ? classify_framed(options, bundle, engines, explain, output, total)
                                           : classify_listed(options, bundle, photos, engines, explain, output, total);
  output.commit();
  return last_line(count, total, bundle, clock.seconds(), output.name());
}

}  // namespace catdog
