// A model bundle on disk: a folder with model.json and the network in ONNX format.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "catdog/model/card.h"

namespace catdog {

struct ModelBundle {
  std::filesystem::path onnx_file;  // for messages
  ModelCard card;
  std::vector<std::uint8_t> onnx;
};

// Throws std::runtime_error naming the file, what was expected and what was found, where the folder is no bundle, the
// card is not sound, or the network's file is another than the card's by size or hash. What is in that file is looked
// at by who runs it.
ModelBundle read_bundle(const std::filesystem::path& folder);

}  // namespace catdog
