// A network that learns: one step at a time, with its optimizer and the moving average of its weights.
#pragma once

#include <torch/torch.h>

#include <memory>

#include "evaluation/metrics.h"
#include "training/data/predict_store.h"
#include "training/data/training_data.h"
#include "training/distributed/distributed.h"
#include "training/network/torch_network.h"
#include "training/teachers/teacher.h"
#include "training/train_options.h"
#include "training/weight_average.h"

namespace catdog {

class Learner {
 public:
  // On the GPU where LibTorch has one (of several processes each on its own), else on the CPU. The seed decides the
  // first weights. Throws std::runtime_error where pretrained weights do not fit. `ranks`: the processes that train
  // together, which must outlive this; null: there is one.
  Learner(const TrainOptions& options, const TrainingData& data, ProcessGroup* ranks = nullptr);

  // Before the first step: --teacher's network, or else, of a pretrained network, itself as it was. Throws
  // std::runtime_error where the teacher does not fit.
  void find_teacher(const TrainingData& data);

  // One step of Adam with decoupled weight decay. The loss is the cross-entropy of the labels and of what the teacher
  // makes of them; where the network has those heads also the binary cross-entropy of presence, and the cross-entropy
  // of the pretrained classes. `rate`: of the heads and the last layers. `heads_only`: nothing else
  // learns. Adds the photos' predictions to `seen`. Throws std::runtime_error when the loss is no longer finite. With
  // several processes `batch` is this one's part of a step of the size `whole`; `seen` gets all of it.
  void step(const Batch& batch, const StepSize& whole, double rate, bool heads_only, MetricsCollector& seen);

  // What the averaged weights say of these rows of the store, at the size of use. Several processes share the rows; all
  // get what is said of the classes, and nothing of presence.
  Evaluation evaluate(const FeatureStore& store, const std::vector<std::size_t>& rows);

  // The averaged weights.
  Weights weights();

  TorchNetwork& network() { return *network_; }
  torch::optim::AdamW& optimizer() { return *optimizer_; }
  WeightAverage& average() { return *average_; }
  const torch::Device& device() const { return device_; }

 private:
  void take_part(const Batch& batch, const StepSize& whole);
  torch::Tensor loss_of(const Batch& batch, const TorchOutputs& outputs, const StepSize& whole);
  std::unique_ptr<Teacher> lwf_teacher(const TrainingData& data);

  TrainOptions options_;
  torch::Device device_;
  ProcessGroup* ranks_;
  std::string pretrained_digest_;
  std::shared_ptr<TorchNetwork> network_;
  std::vector<double> factors_;  // of the rate, one for each of the optimizer's groups
  std::unique_ptr<torch::optim::AdamW> optimizer_;
  std::unique_ptr<WeightAverage> average_;
  std::unique_ptr<Teacher> teacher_;
};

}  // namespace catdog
