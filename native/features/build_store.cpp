#include "features/build_store.h"

#include <fstream>
#include <stdexcept>

#include "catdog/photo/paths.h"
#include "catdog/photo/preprocess.h"
#include "features/atomic_directory.h"
#include "features/data_set.h"
#include "features/read_photos.h"
#include "features/store_part.h"
#include "features/write_store.h"
#include "support/files.h"
#include "support/hash.h"
#include "support/progress.h"
#include "support/say.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

// The photos of all data sets that are asked for.
DataSet find_all_photos(const FeatureOptions& options) {
  std::vector<DataSet> sets;
  std::vector<std::string> names;
  for (const WeightedFolder& one : options.data) {
    sets.push_back(find_photos(one.folder, options.layout));
    for (Source& source : sets.back().sources) source.weight = one.weight;
    names.push_back(escape_path(folder_name(one.folder)));
  }
  DataSet data = sets.size() == 1 ? std::move(sets.front()) : join_data_sets(std::move(sets), names);
  if (!options.negative_class.empty()) {
    take_as_negatives(data, options.negative_class, options.data.front().folder);
  }
  return data;
}

// Everything that decides what the store holds, as far as it can be told without reading photos.
std::string request_digest(const FeatureOptions& options, const DataSet& data) {
  return Sha256()
      .add(std::to_string(kFeatureStoreFormat) + ' ' + std::to_string(kPreprocessingVersion) + ' ' +
           std::to_string(options.size) + ' ' + (options.float32 ? "float32 " : "uint8 ") +
           std::to_string(static_cast<int>(options.layout)) + ' ' + options.negative_class + '\0' +
           std::to_string(options.validation_share) + ' ' + std::to_string(options.seed) + ' ' + files_digest(data))
      .hex();
}

// The description of a whole store or part, else null.
nlohmann::json existing_description(const fs::path& file) {
  std::ifstream stream(file);
  return stream ? nlohmann::json::parse(stream, nullptr, false) : nlohmann::json();
}

void append_picture(NpyWriter& images, const Image& picture, bool float32) {
  const std::size_t values = picture.row_bytes() * picture.height;
  if (!float32) return images.append(picture.pixels.get(), values);
  std::vector<float> scaled(values);
  for (std::size_t i = 0; i < values; ++i) scaled[i] = static_cast<float>(picture.pixels[i]) / 255.0f;
  images.append(scaled.data(), values * sizeof(float));
}

// Writes the pictures of the shard's photos.
FoundPhotos read_shard(const DataSet& data, const Shard& shard, const FeatureOptions& options, const fs::path& folder) {
  const std::size_t side = static_cast<std::size_t>(options.size);
  NpyWriter images(folder / "images.npy", options.float32 ? "<f4" : "|u1", {side, side, 3});
  FoundPhotos found =
      read_photos(data, shard.begin(data.files.size()), shard.end(data.files.size()), options.size, options.threads,
                  [&](const Image& picture) { append_picture(images, picture, options.float32); });
  if (shard.number == 1) found.skipped.insert(found.skipped.begin(), data.strays.begin(), data.strays.end());
  images.finish(found.samples.size());
  return found;
}

std::string part_line(const Shard& shard, std::size_t photos, std::size_t skipped, const fs::path& out,
                      const std::string& how) {
  return "part " + std::to_string(shard.number) + " of " + std::to_string(shard.count) + ": " + format_count(photos) +
         " photos, " + format_count(skipped) + " skipped; " + how + ": " + out.string() +
         "; with all parts: catdog-features merge PART… --out STORE";
}

std::string build_part(const FeatureOptions& options, const DataSet& data, const StorePlan& plan) {
  const Shard& shard = *options.shard;
  const auto existing = existing_description(options.out / kPartSign);
  if (!options.force && existing.is_object() && existing.value("request", "") == plan.request &&
      existing.value("part", std::size_t{0}) == shard.number && existing.value("of", std::size_t{0}) == shard.count) {
    return part_line(shard, existing.value("photos", std::size_t{0}), existing.value("skipped", std::size_t{0}),
                     options.out, "unchanged, nothing decoded");
  }
  const Progress clock("", 1, "");
  AtomicDirectory folder(options.out, kPartSign);
  const FoundPhotos photos = read_shard(data, shard, options, folder.path());
  write_part(folder.path(), shard, plan, photos);
  folder.commit();
  return part_line(shard, photos.samples.size(), photos.skipped.size(), options.out,
                   "in " + format_duration(clock.seconds()));
}

}  // namespace

std::string build_store(const FeatureOptions& options) {
  const DataSet data = find_all_photos(options);
  const StorePlan plan = {options.data.front().folder.string(),
                          data.classes,
                          data.sources,
                          options.size,
                          options.float32,
                          options.validation_share,
                          options.seed,
                          options.layout == Layout::kUnlabelled,
                          request_digest(options, data)};
  if (options.shard) return build_part(options, data, plan);
  if (const auto existing = existing_description(options.out / "dataset.json");
      !options.force && existing.is_object() && existing.value("request", "") == plan.request &&
      fs::exists(options.out / "images.npy") && fs::exists(options.out / "manifest.csv")) {
    return store_line(existing, plan.unlabelled, options.out, "unchanged, nothing decoded");
  }
  const Progress clock("", 1, "");
  AtomicDirectory folder(options.out, "dataset.json");
  FoundPhotos photos = read_shard(data, Shard(), options, folder.path());
  const auto json = write_store(folder.path(), plan, std::move(photos));
  folder.commit();
  return store_line(json, plan.unlabelled, options.out, "in " + format_duration(clock.seconds()));
}

}  // namespace catdog
