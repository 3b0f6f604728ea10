// What is found in photos, and the feature store that is made of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "features/data_set.h"
#include "features/near_duplicates.h"
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

// Photos in path order, before anything is decided about them; their pictures lie in images.npy.
struct FoundPhotos {
  std::vector<Sample> samples;  // without split and group
  std::vector<Fingerprint> prints;
  std::vector<std::string> categories;  // identify them: photos of one category stay together; empty: of none
  std::vector<Skipped> skipped;
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
