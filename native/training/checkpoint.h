// A training that can go on where it stopped.
#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "evaluation/metrics.h"
#include "training/data/data_pruning.h"
#include "training/network/torch_network.h"
#include "training/weight_average.h"

namespace catdog {

// What a checkpoint holds besides tensors.
struct TrainingState {
  int epoch = 0;              // finished ones
  std::size_t step = 0;       // finished ones of the epoch that has begun
  double seconds = 0;         // spent on them
  MetricsCollector seen{0};   // what the network said of the photos in them
  LastLosses losses;          // as they were when the epoch that has begun did begin
  double best_accuracy = -1;  // on validation
  nlohmann::ordered_json options;
  nlohmann::ordered_json history = nlohmann::ordered_json::array();  // one object for each epoch
  std::string data_digest, split_digest;
  std::string run_id;  // MLflow's; empty: not tracked
};

// Written beside, synced, renamed. Throws std::runtime_error.
void save_checkpoint(const std::filesystem::path& file, const TorchNetwork& network, WeightAverage& average,
                     const torch::optim::Optimizer& optimizer, const TrainingState& state);

// Throws std::runtime_error where the file is damaged, or belongs to other options or another data set than
// `expected` names; nothing is changed then.
TrainingState load_checkpoint(const std::filesystem::path& file, TorchNetwork& network, WeightAverage& average,
                              torch::optim::Optimizer& optimizer, const TrainingState& expected);

}  // namespace catdog
