#include "features/build_store.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "catdog/csv.h"
#include "features/data_set.h"
#include "features/near_duplicates.h"
#include "features/split.h"
#include "support/feature_store.h"
#include "support/files.h"
#include "support/hash.h"
#include "support/interrupt.h"
#include "support/ordered_parallel.h"
#include "support/photo.h"
#include "support/progress.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

struct Skipped {
  std::string path;
  std::string reason;
};

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
    read.reason = failure.what();
  }
  return read;
}

// Everything that decides what the store holds, as far as it can be told without reading photos.
std::string request_digest(const FeatureOptions& options, const DataSet& data) {
  return Sha256()
      .add(std::to_string(kFeatureStoreFormat) + ' ' + std::to_string(kPreprocessingVersion) + ' ' +
           std::to_string(options.size) + ' ' + (options.float32 ? "float32 " : "uint8 ") +
           (options.unlabelled ? "unlabelled " : "") + std::to_string(options.validation_share) + ' ' +
           std::to_string(options.seed) + ' ' + files_digest(data))
      .hex();
}

// The store's own description where `folder` is a whole store, else null.
nlohmann::json existing_description(const fs::path& folder) {
  std::ifstream stream(folder / "dataset.json");
  return stream ? nlohmann::json::parse(stream, nullptr, false) : nlohmann::json();
}

// A folder beside the target, exchanged with it at the end, and gone in any case.
class FolderInTheMaking {
 public:
  explicit FolderInTheMaking(const fs::path& target) : target_(fs::absolute(target).lexically_normal()) {
    if (!target_.has_filename()) target_ = target_.parent_path();  // "features/": beside it, not in it
    std::error_code failed;
    if (fs::exists(target) && !fs::exists(target / "dataset.json") && !fs::is_empty(target, failed)) {
      throw std::runtime_error(target.string() +
                               ": expected a new or empty folder or a feature store, found other files");
    }
    path_ = target_.string() + ".part-" + std::to_string(::getpid());
    fs::create_directories(path_, failed);
    if (failed)
      throw std::runtime_error(path_.string() + ": expected a folder that can be made, found " + failed.message());
  }
  ~FolderInTheMaking() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }
  void commit() {
    sync_to_disk(path_);
    if (fs::exists(target_)) {
      if (::syscall(SYS_renameat2, AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE) == 0) return;
      // A file system without exchange: the old store goes only when the new one is in place.
      const fs::path old = path_.string() + "-old";
      fs::rename(target_, old);
      fs::rename(path_, target_);
      fs::remove_all(old);
      return;
    }
    fs::rename(path_, target_);
  }

 private:
  fs::path target_, path_;
};

void append_picture(NpyWriter& images, const Image& picture, bool float32) {
  const std::size_t values = picture.row_bytes() * picture.height;
  if (!float32) return images.append(picture.pixels.get(), values);
  std::vector<float> scaled(values);
  for (std::size_t i = 0; i < values; ++i) scaled[i] = static_cast<float>(picture.pixels[i]) / 255.0f;
  images.append(scaled.data(), values * sizeof(float));
}

void write_tables(const fs::path& folder, const std::vector<Sample>& samples, const std::vector<Skipped>& skipped) {
  NpyWriter labels(folder / "labels.npy", "<i8", {});
  std::string manifest = "row,path,label,split,width,height,sha256,group\r\n";
  for (std::size_t row = 0; row < samples.size(); ++row) {
    const Sample& sample = samples[row];
    const std::int64_t label = sample.label;
    labels.append(&label, sizeof label);
    manifest += std::to_string(row) + ',' + csv_text(sample.path) + ',' + std::to_string(sample.label) + ',' +
                split_name(sample.split) + ',' + std::to_string(sample.width) + ',' + std::to_string(sample.height) +
                ',' + sample.sha256 + ',' + std::to_string(sample.group) + "\r\n";
  }
  labels.finish(samples.size());
  write_file(folder / "manifest.csv", manifest);
  std::string reasons = "path,reason\r\n";
  for (const Skipped& file : skipped) reasons += csv_text(file.path) + ',' + csv_text(file.reason) + "\r\n";
  write_file(folder / "skipped.csv", reasons);
}

nlohmann::ordered_json describe(const FeatureOptions& options, const DataSet& data, const std::vector<Sample>& samples,
                                std::size_t skipped, const std::string& request) {
  std::vector<std::array<std::size_t, 2>> counts(data.classes.size());
  std::size_t near_duplicates = 0;
  for (std::size_t row = 0; row < samples.size(); ++row) {
    ++counts[samples[row].label][samples[row].split == Split::kValidation];
    near_duplicates += samples[row].group != row;
  }
  nlohmann::ordered_json json = {{"format", kFeatureStoreFormat},
                                 {"classes", data.classes},
                                 {"size", options.size},
                                 {"dtype", options.float32 ? "float32" : "uint8"},
                                 {"preprocessing_version", kPreprocessingVersion},
                                 {"photos", samples.size()},
                                 {"skipped", skipped},
                                 {"near_duplicates", near_duplicates},
                                 {"validation_share", options.validation_share},
                                 {"seed", options.seed}};
  for (std::size_t label = 0; label < counts.size(); ++label) {
    json["counts"].push_back(
        {{"class", data.classes[label]}, {"train", counts[label][0]}, {"validation", counts[label][1]}});
    if (counts[label][0] + counts[label][1] == 0) {
      throw std::runtime_error(options.data.string() +
                               ": expected at least one readable photo in each class folder, "
                               "found none in '" +
                               data.classes[label] + "'");
    }
  }
  json["digest"] = samples_digest(samples);
  json["split_digest"] = validation_digest(samples);
  json["request"] = request;
  return json;
}

std::string last_line(const nlohmann::ordered_json& json, const fs::path& out, const std::string& how) {
  std::size_t validation = 0;
  for (const auto& count : json["counts"]) validation += count["validation"].get<std::size_t>();
  const std::size_t photos = json["photos"], skipped = json["skipped"], doubles = json["near_duplicates"];
  return format_count(photos) + " photos of " + std::to_string(json["classes"].size()) + " classes (" +
         format_count(validation) + " held back for validation, " + format_count(doubles) +
         " near-duplicates kept on one side), " + format_count(skipped) + " skipped" +
         (skipped ? " (see " + (out / "skipped.csv").string() + ")" : "") + "; " + how + ": " + out.string();
}

// Makes one group of each category, and of what near-duplicates tie to it.
void join_categories(const std::vector<std::string>& categories, std::vector<std::size_t>& groups) {
  std::vector<std::size_t> parent = groups;
  const auto first_of = [&](std::size_t row) {
    while (parent[row] != row) row = parent[row] = parent[parent[row]];
    return row;
  };
  std::map<std::string, std::size_t> first_in;
  for (std::size_t row = 0; row < groups.size(); ++row) {
    const std::size_t left = first_of(first_in.emplace(categories[row], row).first->second), right = first_of(row);
    parent[std::max(left, right)] = std::min(left, right);
  }
  for (std::size_t row = 0; row < groups.size(); ++row) groups[row] = first_of(row);
}

}  // namespace

std::string build_store(const FeatureOptions& options) {
  const DataSet data = options.unlabelled ? find_unlabelled(options.data) : find_data_set(options.data);
  const std::string request = request_digest(options, data);
  if (const auto existing = existing_description(options.out);
      !options.force && existing.is_object() && existing.value("request", "") == request) {
    return last_line(existing, options.out, "unchanged, nothing decoded");
  }
  FolderInTheMaking folder(options.out);
  const std::size_t side = static_cast<std::size_t>(options.size);
  NpyWriter images(folder.path() / "images.npy", options.float32 ? "<f4" : "|u1", {side, side, 3});
  std::vector<Sample> samples;
  std::vector<Fingerprint> prints;
  std::vector<std::string> categories;
  std::vector<Skipped> skipped;
  for (const std::string& stray : data.strays)
    skipped.push_back({stray, "expected in a class folder, found beside them"});
  Progress progress("Reading photos", data.files.size(), "files");
  ordered_parallel(
      data.files.size(), options.threads > 0 ? options.threads : core_count(), 64,
      [&](std::size_t i) { return read_source(data.files[i], options.size); },
      [&](std::size_t i, Read read) {
        check_interrupt();
        const SourceFile& source = data.files[i];
        if (read.photo) {
          append_picture(images, read.photo->picture, options.float32);
          samples.push_back({source.path, source.label, Split::kTrain, read.photo->width, read.photo->height,
                             std::move(read.sha256), 0});
          prints.push_back(read.print);
          categories.push_back(source.category);
        } else {
          skipped.push_back({source.path, read.reason});
        }
        progress.show(i + 1);
      });
  images.finish(samples.size());

  std::vector<std::string> content;
  for (const Sample& sample : samples) content.push_back(sample.sha256);
  auto groups = group_near_duplicates(prints, content);
  if (options.unlabelled) join_categories(categories, groups);
  for (std::size_t row = 0; row < samples.size(); ++row) samples[row].group = groups[row];
  split_samples(samples, static_cast<int>(data.classes.size()), options.validation_share, options.seed);

  write_tables(folder.path(), samples, skipped);
  const auto json = describe(options, data, samples, skipped.size(), request);
  write_file(folder.path() / "dataset.json", json.dump(2) + "\n");
  folder.commit();
  return last_line(json, options.out, "in " + format_duration(progress.seconds()));
}

}  // namespace catdog
