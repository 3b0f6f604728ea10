// The model bundle: what the page and catdog-classify need of a trained network.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "catdog/model/card.h"
#include "model/ranges.h"
#include "training/network/weights.h"

namespace catdog {

struct BundleDescription {
  std::vector<std::string> labels;
  int size = 0;                    // of the network's input, pixels
  Thresholds thresholds;           // of decisions
  nlohmann::ordered_json metrics;  // an array, one object for each test set
  nlohmann::ordered_json training;
  std::string licence, data_origin, data_licence;
  SamplePhotos samples;  // for the ranges of tensors, which fixed point needs; none of those that are measured on
};

// Writes model.onnx and model.json into `folder`. `network`: one fold_for_inference, rounded to half precision.
void write_bundle(const std::filesystem::path& folder, const PlainNetwork& network,
                  const BundleDescription& description);

}  // namespace catdog
