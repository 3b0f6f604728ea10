#include "training/learner.h"

#include <cmath>
#include <stdexcept>

#include "support/interrupt.h"
#include "support/ordered_parallel.h"

namespace catdog {
namespace {

constexpr double kGradientNorm = 2.0;  // longer gradients are cut to this length

// Weights decay, biases and normalisations do not.
std::vector<torch::optim::OptimizerParamGroup> parameter_groups(const TorchNetwork& network,
                                                                const TrainOptions& options) {
  std::vector<torch::Tensor> decayed, others;
  for (const torch::Tensor& parameter : network.parameters()) {
    (parameter.dim() > 1 ? decayed : others).push_back(parameter);
  }
  const auto group = [&](std::vector<torch::Tensor> tensors, double decay) {
    auto settings = std::make_unique<torch::optim::AdamWOptions>(options.rate);
    settings->weight_decay(decay);
    return torch::optim::OptimizerParamGroup(std::move(tensors), std::move(settings));
  };
  std::vector<torch::optim::OptimizerParamGroup> groups;
  groups.push_back(group(std::move(decayed), options.weight_decay));
  groups.push_back(group(std::move(others), 0));
  return groups;
}

void add_predictions(const torch::Tensor& logits, const torch::Tensor& labels, MetricsCollector& seen) {
  const torch::Tensor probabilities = torch::softmax(logits.detach(), 1).cpu().contiguous();
  const auto* label = labels.data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < probabilities.size(0); ++i) {
    seen.add(static_cast<int>(label[i]), probabilities.data_ptr<float>() + i * probabilities.size(1));
  }
}

}  // namespace

Learner::Learner(const TrainOptions& options, int classes)
    : smoothing_(options.smoothing), device_(torch::cuda::is_available() ? torch::kCUDA : torch::kCPU) {
  at::set_num_threads(options.threads);
  torch::manual_seed(options.seed);
  network_ = std::make_shared<TorchNetwork>(make_network(options.network, classes));
  network_->to(device_);
  optimizer_ = std::make_unique<torch::optim::AdamW>(parameter_groups(*network_, options),
                                                     torch::optim::AdamWOptions(options.rate));
  average_ = std::make_unique<WeightAverage>(*network_, options.average);
}

void Learner::step(const Batch& batch, double rate, MetricsCollector& seen) {
  network_->train();
  for (auto& group : optimizer_->param_groups()) {
    static_cast<torch::optim::AdamWOptions&>(group.options()).lr(rate);
  }
  const torch::Tensor labels = batch.labels.to(device_);
  const torch::Tensor logits = network_->forward(batch.photos.to(device_));
  const torch::Tensor loss = torch::cross_entropy_loss(logits, labels, {}, at::Reduction::Mean, -100, smoothing_);
  if (!std::isfinite(loss.item<float>())) {
    throw std::runtime_error("expected a finite loss, found none; try a lower --rate");
  }
  optimizer_->zero_grad();
  loss.backward();
  torch::nn::utils::clip_grad_norm_(network_->parameters(), kGradientNorm);
  optimizer_->step();
  average_->update(*network_);
  add_predictions(logits, batch.labels, seen);
}

MetricsCollector Learner::evaluate(const FeatureStore& store, const std::vector<std::size_t>& rows) {
  const torch::NoGradGuard no_grad;
  const WeightAverage::InUse averaged(*average_, *network_);
  network_->eval();
  MetricsCollector seen(network_->spec().classes);
  constexpr int kBatch = 64;
  constexpr std::size_t kAhead = 4;
  ordered_parallel(
      batch_count(rows, kBatch), 1, kAhead,
      [&](std::size_t i) { return plain_batch(store, batch_rows(rows, kBatch, i)); },
      [&](std::size_t, Batch batch) {
        check_interrupt();
        add_predictions(network_->forward(batch.photos.to(device_)), batch.labels, seen);
      });
  return seen;
}

Weights Learner::weights() {
  const WeightAverage::InUse averaged(*average_, *network_);
  return get_weights(*network_);
}

}  // namespace catdog
