// Pipeline 1: from a folder of class folders to a feature store.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "features/data_set.h"
#include "support/feature_store.h"
#include "support/shard.h"

namespace catdog {

struct FeatureOptions {
  std::vector<WeightedFolder> data;  // at least one; several become one store, each a source
  std::filesystem::path out;
  int size = 128;        // pixels
  bool float32 = false;  // images as float32 in [0, 1] instead of uint8
  double validation_share = 0.2;
  std::uint64_t seed = 1;
  int threads = 0;  // 0: all cores
  Layout layout = Layout::kFolders;
  std::string negative_class;  // whose photos show none of the classes; empty: there is none
  bool force = false;          // decode again although nothing changed
  std::optional<Shard> shard;  // make only this part of the store, for merge_parts
};

// Throws std::runtime_error where no store can be made; single unreadable files only go to skipped.csv.
// The store appears whole or not at all. Gives the last line to say.
std::string build_store(const FeatureOptions& options);

}  // namespace catdog
