// A network that has been trained, as others use it: to teach, to be averaged, to be measured.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "training/data/training_data.h"
#include "training/network/weights.h"

namespace catdog {

// The averaged weights of a checkpoint, normalisations folded away, and how they came about.
struct TrainedNetwork {
  PlainNetwork network;
  int size = 0;                           // of use, pixels
  nlohmann::ordered_json options;         // see binding_options
  std::string data_digest, split_digest;  // of what it was trained with
};

// Throws std::runtime_error where the file is damaged.
TrainedNetwork read_trained(const std::filesystem::path& file);

// Throws std::runtime_error, naming `run`, where the network was trained on another data set than `data`, or other
// photos were held out; whatever either leaves out (--exclude).
void expect_same_photos(const std::filesystem::path& run, const TrainedNetwork& trained, const TrainingData& data);

}  // namespace catdog
