// The model bundle: a folder with model.json and the network in ONNX format.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "catdog/model/prediction.h"

namespace catdog {

struct ModelBundle {
  std::filesystem::path onnx_file;  // for messages
  std::string name;
  std::vector<std::string> labels;
  int size = 0;  // side of the network's input, pixels
  std::string input, output;
  std::string presence;  // the output that tells whether any of the labels' things is there; empty: there is none
  std::string map;       // the output that tells where; empty: there is none
  Thresholds thresholds;
  std::vector<std::uint8_t> onnx;
};

// Throws std::runtime_error naming the file, the part that does not fit, what was expected and what was found: format,
// labels, size, preprocessing version, thresholds, byte count, hash, names and shapes of the network's input and
// output.
ModelBundle read_model_bundle(const std::filesystem::path& folder);

}  // namespace catdog
