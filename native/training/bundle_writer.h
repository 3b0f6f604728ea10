// The model bundle: what the page and catdog-classify need of a trained network.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "training/weights.h"

namespace catdog {

inline constexpr int kBundleFormat = 1;

struct BundleDescription {
  std::vector<std::string> labels;
  int size = 0;                    // of the network's input, pixels
  float confidence = 0;            // decision threshold
  nlohmann::ordered_json metrics;  // an array, one object for each test set
  nlohmann::ordered_json training;
  std::string licence, data_origin, data_licence;
};

// Writes model.onnx and model.json into `folder`. `weights` are those of `spec`, BatchNorm not yet folded.
void write_bundle(const std::filesystem::path& folder, const NetworkSpec& spec, const Weights& weights,
                  const BundleDescription& description);

}  // namespace catdog
