#include "features/write_store.h"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <unordered_map>

#include "catdog/model/csv.h"
#include "catdog/photo/paths.h"
#include "catdog/photo/preprocess.h"
#include "catdog/text.h"
#include "features/split.h"
#include "support/files.h"
#include "support/progress.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

void write_tables(const fs::path& folder, const std::vector<Sample>& samples) {
  NpyWriter labels(folder / "labels.npy", "<i8", {});
  std::string manifest = "row,path,label,split,width,height,sha256,group,source\r\n";
  for (std::size_t row = 0; row < samples.size(); ++row) {
    const Sample& sample = samples[row];
    const std::int64_t label = sample.label;
    labels.append(&label, sizeof label);
    manifest += std::to_string(row) + ',' + csv_text(escape_path(sample.path)) + ',' + std::to_string(sample.label) +
                ',' + split_name(sample.split) + ',' + std::to_string(sample.width) + ',' +
                std::to_string(sample.height) + ',' + sample.sha256 + ',' + std::to_string(sample.group) + ',' +
                std::to_string(sample.source) + "\r\n";
  }
  labels.finish(samples.size());
  write_file(folder / "manifest.csv", manifest);
}

// Pairs of paths of the same file under two labels: the first of it, and the first that has another label.
std::vector<std::array<std::string, 2>> label_conflicts(const std::vector<Sample>& samples) {
  std::vector<std::array<std::string, 2>> pairs;
  std::unordered_map<std::string, const Sample*> first;  // null: reported
  for (const Sample& sample : samples) {
    const auto [at, is_new] = first.try_emplace(sample.sha256, &sample);
    if (is_new || at->second == nullptr || at->second->label == sample.label) continue;
    pairs.push_back({escape_path(at->second->path), escape_path(sample.path)});
    at->second = nullptr;
  }
  return pairs;
}

nlohmann::ordered_json describe(const StorePlan& plan, const FoundPhotos& photos, std::size_t near_duplicates) {
  std::vector<std::array<std::size_t, 2>> counts(plan.classes.size());
  std::array<std::size_t, 2> negatives{};
  for (const Sample& sample : photos.samples) {
    ++(sample.label == kNegative ? negatives : counts[sample.label])[sample.split == Split::kValidation];
  }
  nlohmann::ordered_json json = {{"format", kFeatureStoreFormat},
                                 {"classes", plan.classes},
                                 {"size", plan.size},
                                 {"dtype", plan.float32 ? "float32" : "uint8"},
                                 {"preprocessing_version", kPreprocessingVersion},
                                 {"photos", photos.samples.size()},
                                 {"skipped", photos.skipped.size()},
                                 {"near_duplicates", near_duplicates},
                                 {"validation_share", plan.validation_share},
                                 {"seed", plan.seed}};
  for (std::size_t label = 0; label < counts.size(); ++label) {
    json["counts"].push_back(
        {{"class", plan.classes[label]}, {"train", counts[label][0]}, {"validation", counts[label][1]}});
    if (counts[label][0] + counts[label][1] == 0) {
      fail(plan.data, plan.unlabelled ? "a readable photo" : "at least one readable photo in each class folder",
           plan.unlabelled ? "none" : "none in '" + plan.classes[label] + "'");
    }
  }
  if (negatives[0] + negatives[1] > 0) json["negatives"] = {{"train", negatives[0]}, {"validation", negatives[1]}};
  for (const Source& source : plan.sources) {
    json["sources"].push_back({{"name", source.name}, {"weight", source.weight}});
  }
  json["label_conflicts"] = label_conflicts(photos.samples);
  json["digest"] = samples_digest(photos.samples);
  json["split_digest"] = validation_digest(photos.samples);
  json["request"] = plan.request;
  return json;
}

}  // namespace

void write_skipped(const fs::path& file, const std::vector<Skipped>& skipped) {
  std::string reasons = "path,reason\r\n";
  for (const Skipped& one : skipped)
    reasons += csv_text(escape_path(one.path)) + ',' + csv_text(visible(one.reason)) + "\r\n";
  write_file(file, reasons);
}

nlohmann::ordered_json write_store(const fs::path& folder, const StorePlan& plan, FoundPhotos photos) {
  const std::size_t near_duplicates =
      group_and_split(photos, static_cast<int>(plan.classes.size()), plan.validation_share, plan.seed);
  write_tables(folder, photos.samples);
  write_skipped(folder / "skipped.csv", photos.skipped);
  auto json = describe(plan, photos, near_duplicates);
  // A class's name may be any bytes, JSON is UTF-8.
  write_file(folder / "dataset.json", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  return json;
}

std::string store_line(const nlohmann::ordered_json& json, bool unlabelled, const fs::path& out,
                       const std::string& how) {
  std::size_t validation = 0;
  for (const auto& count : json["counts"]) validation += count["validation"].get<std::size_t>();
  const std::size_t photos = json["photos"], skipped = json["skipped"], doubles = json["near_duplicates"];
  const std::string of = unlabelled ? "no class" : std::to_string(json["classes"].size()) + " classes";
  std::string conflicts;
  if (const auto& pairs = json.value("label_conflicts", nlohmann::ordered_json::array()); !pairs.empty()) {
    conflicts = "; warning: " + format_count(pairs.size()) + (pairs.size() == 1 ? " photo lies" : " photos lie") +
                " under two labels, such as " + pairs[0][0].get<std::string>() + " and " +
                pairs[0][1].get<std::string>() + " (see label_conflicts in dataset.json)";
  }
  const std::string together =
      format_count(doubles) +
      (unlabelled ? " near-duplicates; what is alike or lies in one folder is" : " near-duplicates") +
      " kept on one side";
  return format_count(photos) + " photos of " + of + " (" + format_count(validation) + " held out for validation, " +
         together + "), " + format_count(skipped) + " skipped" +
         (skipped ? " (see " + (out / "skipped.csv").string() + ")" : "") + conflicts + "; " + how + ": " +
         out.string();
}

}  // namespace catdog
