// A network that learns: one step at a time, with its optimizer and the moving average of its weights.
#pragma once

#include <torch/torch.h>

#include <memory>

#include "evaluation/metrics.h"
#include "training/batches.h"
#include "training/torch_network.h"
#include "training/train_options.h"
#include "training/weight_average.h"

namespace catdog {

class Learner {
 public:
  // On the GPU where LibTorch has one, else on the CPU. The seed decides the first weights.
  Learner(const TrainOptions& options, int classes);

  // One step of Adam with decoupled weight decay on the cross-entropy. Adds the photos' predictions to `seen`.
  // Throws std::runtime_error when the loss is no longer finite.
  void step(const Batch& batch, double rate, MetricsCollector& seen);

  // What the averaged weights say of these rows of the store, at the stored pictures' size: the way of use.
  MetricsCollector evaluate(const FeatureStore& store, const std::vector<std::size_t>& rows);

  // The averaged weights.
  Weights weights();

  TorchNetwork& network() { return *network_; }
  torch::optim::AdamW& optimizer() { return *optimizer_; }
  WeightAverage& average() { return *average_; }
  bool on_gpu() const { return device_.is_cuda(); }

 private:
  double smoothing_;
  torch::Device device_;
  std::shared_ptr<TorchNetwork> network_;
  std::unique_ptr<torch::optim::AdamW> optimizer_;
  std::unique_ptr<WeightAverage> average_;
};

}  // namespace catdog
