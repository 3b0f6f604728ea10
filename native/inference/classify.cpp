#include "inference/classify.h"

#include <unistd.h>

#include <algorithm>
#include <functional>
#include <future>
#include <stdexcept>

#include "catdog/model/csv.h"
#include "inference/chunk.h"
#include "inference/explain.h"
#include "inference/frames.h"
#include "inference/output.h"
#include "inference/photo_list.h"
#include "inference/picture_names.h"
#include "model/shipped_model.h"
#include "support/files.h"
#include "support/interrupt.h"
#include "support/ordered_parallel.h"
#include "support/part_file.h"
#include "support/progress.h"
#include "support/say.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

ModelBundle open_bundle(const ClassifyOptions& options) {
  const fs::path folder = options.model.empty() ? shipped_model() : options.model;
  if (options.model.empty() && !fs::exists(folder)) {
    fail(folder, "the model bundle that comes with the tool", "none; name one with --model DIR");
  }
  ModelBundle bundle = read_bundle(folder);
  if (options.threshold) bundle.card.thresholds.confidence = *options.threshold;
  if (options.presence) bundle.card.thresholds.presence = *options.presence;
  if (!options.explain.empty() && bundle.card.class_activation.empty()) {
    throw std::runtime_error("--explain: expected a model that tells where it looked, found one without a map");
  }
  return bundle;
}

// Writes the picture of a photo. Empty where none are wanted.
using WritePicture = std::function<void(const fs::path& file, int class_id, const Image& picture)>;

WritePicture write_pictures_into(const fs::path& folder, EnginePool& engines) {
  if (folder.empty()) return {};
  return [folder, &engines](const fs::path& file, int class_id, const Image& picture) {
    try {
      const auto png = heat_picture(picture, engines.class_activation(picture), class_id);
      write_file_below(folder, file, std::string(png.begin(), png.end()));
    } catch (const std::exception& problem) {  // the prediction is not lost for it
      say((folder / file).string() + ": expected to write where the network looked, found: " + reason_of(problem));
    }
  };
}

// For a chunk whose first photo's picture is pictures[begin].
ExplainCallback explain_into(const WritePicture& write, const std::vector<fs::path>& pictures, std::size_t begin) {
  if (!write) return {};
  return [&write, &pictures, begin](std::size_t index, int class_id, const Image& picture) {
    write(pictures[begin + index], class_id, picture);
  };
}

// Whatever the order of work, pictures are named in the order of rows. `path_of`: of photo i, what its row is called.
template <class PathOf>
std::vector<fs::path> name_pictures(const WritePicture& write, PictureNames& names, std::size_t count, PathOf path_of) {
  std::vector<fs::path> pictures;
  for (std::size_t i = 0; write && i < count; ++i) pictures.push_back(names.next(path_of(i)));
  return pictures;
}

PhotoList find_photos(const ClassifyOptions& options) {
  PhotoList photos;
  photos.leave_out(options.out == "-" ? "/dev/stdout" : options.out);
  if (!options.explain.empty()) photos.leave_out(options.explain);
  std::string names;
  for (const std::string& input : options.inputs) {
    names += (names.empty() ? "" : ", ") + (input == "-" ? "standard input" : input);
    if (input == "-") {
      photos.add_listed(STDIN_FILENO, options.null_separated ? '\0' : '\n');
    } else {
      photos.add(input);
    }
  }
  if (photos.size() == 0) {
    throw std::runtime_error(names + ": expected at least one file, found " +
                             (photos.own_files() > 0 ? "only what --out and --explain write" : "none"));
  }
  photos.sort();
  photos.keep(options.shard.begin(photos.size()), options.shard.end(photos.size()));
  return photos;
}

std::string last_line(std::size_t count, const Tally& tally, const ModelBundle& bundle, double seconds,
                      const std::string& out) {
  const std::vector<std::string>& labels = bundle.card.labels;
  std::string line = format_count(count) + (count == 1 ? " file: " : " files: ");
  for (std::size_t i = 0; i < labels.size(); ++i) line += format_count(tally.decided[i]) + ' ' + labels[i] + ", ";
  if (!bundle.card.presence.empty()) line += format_count(tally.none) + " none, ";
  char rate[32];
  std::snprintf(rate, sizeof rate, "%.1f", static_cast<double>(count) / std::max(seconds, 1e-3));
  return line + format_count(tally.uncertain) + " uncertain, " + format_count(tally.failed) + " failed; " + rate +
         " photos a second; predictions in " + out;
}

// Where all photos are known before the first is read.
std::size_t classify_listed(const ClassifyOptions& options, const ModelBundle& bundle, const PhotoList& photos,
                            EnginePool& engines, const WritePicture& write, Output& output, Tally& total) {
  const std::size_t count = photos.size();
  PictureNames names;
  const auto pictures = name_pictures(write, names, count, [&](std::size_t i) { return photos.path(i); });
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
                     return classify_chunk(std::min(count, begin + step) - begin, offer, bundle, engines, options.tta,
                                           explain_into(write, pictures, begin));
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
                            const WritePicture& write, Output& output, Tally& total) {
  constexpr std::size_t kBytesOfRound = std::size_t{16} << 20;
  const auto threads = static_cast<std::size_t>(options.threads), batch = static_cast<std::size_t>(options.batch);
  FrameReader reader(STDIN_FILENO);
  const auto read = [&] { return reader.next(batch * threads, kBytesOfRound); };
  PictureNames names;
  std::size_t count = 0;
  auto coming = std::async(std::launch::async, read);
  // Whatever ends this early does not wait for a sender that waits itself.
  struct Stop {
    FrameReader& reader;
    ~Stop() { reader.stop(); }
  } const stop{reader};
  for (std::vector<Frame> frames = coming.get(); !frames.empty(); frames = coming.get()) {
    coming = std::async(std::launch::async, read);
    const auto pictures = name_pictures(write, names, frames.size(), [&](std::size_t i) { return frames[i].path; });
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
                                             options.tta, explain_into(write, pictures, begin));
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

ClassifySummary classify(const ClassifyOptions& asked) {
  ClassifyOptions options = asked;
  if (options.threads == 0) options.threads = core_count();
  const ModelBundle bundle = open_bundle(options);
  // What killed processes left is no input either.
  if (options.out != "-") remove_abandoned_parts(fs::path(options.out).parent_path());
  if (!options.explain.empty()) remove_abandoned_parts(options.explain, true);
  PhotoList photos;
  if (!options.frames) photos = find_photos(options);
  EnginePool engines(bundle, options.precision);
  if (!engines.why_another().empty()) {
    say(bundle.onnx_file.string() + ": " + engines.why_another() + ": the network runs on " + engines.name() +
        ", which is slower");
  }
  const WritePicture write = write_pictures_into(options.explain, engines);
  Output output(options.out);
  output.write(csv_header(bundle.card.labels));
  Tally total;
  total.decided.resize(bundle.card.labels.size());
  const Progress clock("", 1, "");
  const std::size_t count = options.frames ? classify_framed(options, bundle, engines, write, output, total)
                                           : classify_listed(options, bundle, photos, engines, write, output, total);
  output.commit();
  return {last_line(count, total, bundle, clock.seconds(), output.name()), count > 0 && total.failed == count};
}

}  // namespace catdog
