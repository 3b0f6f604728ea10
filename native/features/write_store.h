// The feature store that is made of the photos that were found.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "features/data_set.h"
#include "features/read_photos.h"
#include "support/feature_store.h"

namespace catdog {

// What a store is to be. Parts of one store have equal plans.
struct StorePlan {
  std::string data;  // the folder of photos, for messages
  std::vector<std::string> classes;
  std::vector<Source> sources;
  int size = 0;  // pixels
  bool float32 = false;
  double validation_share = 0;
  std::uint64_t seed = 0;
  bool unlabelled = false;
  std::string request;  // identifies the options and the files, as far as they can be told without reading photos
};

// path,reason
void write_skipped(const std::filesystem::path& file, const std::vector<Skipped>& skipped);

// Groups near-duplicates, parts the photos, and writes everything but images.npy into `folder`. Gives what stands in
// dataset.json. Throws std::runtime_error where a class has no photo.
nlohmann::ordered_json write_store(const std::filesystem::path& folder, const StorePlan& plan, FoundPhotos photos);

// What to say of a store, of which `json` is the description.
std::string store_line(const nlohmann::ordered_json& json, bool unlabelled, const std::filesystem::path& out,
                       const std::string& how);

}  // namespace catdog
