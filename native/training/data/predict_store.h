// What a network says of photos of a feature store, at the size and in the way it is used.
#pragma once

#include <torch/torch.h>

#include <functional>
#include <vector>

#include "evaluation/metrics.h"
#include "training/data/batches.h"
#include "training/network/torch_network.h"

namespace catdog {

// Calls `take` with every batch of `rows` and the network's outputs, in order. `size`: side of the pictures that the
// network is given, pixels. The caller has set the network's mode.
void for_each_output(TorchNetwork& network, const torch::Device& device, const FeatureStore& store,
                     const std::vector<std::size_t>& rows, int size,
                     const std::function<void(const Batch&, const TorchOutputs&)>& take);

struct Evaluation {
  MetricsCollector classes;
  std::vector<float> presence;  // one for each photo; empty where the network has no such head
};
// Sets the network to evaluation mode.
Evaluation evaluate(TorchNetwork& network, const torch::Device& device, const FeatureStore& store,
                    const std::vector<std::size_t>& rows, int size);

// What is said of photos of none of the classes, by a network with a presence head.
struct NegativeEvaluation {
  std::vector<float> presence;    // that any of the classes is in the picture
  std::vector<float> confidence;  // of the most probable class
};
// Sets the network to evaluation mode.
NegativeEvaluation evaluate_negatives(TorchNetwork& network, const torch::Device& device, const FeatureStore& store,
                                      const std::vector<std::size_t>& rows, int size);

// Adds what was said of photos with these labels.
void add_predictions(const torch::Tensor& logits, const torch::Tensor& labels, MetricsCollector& seen);

}  // namespace catdog
