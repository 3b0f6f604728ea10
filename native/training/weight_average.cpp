#include "training/weight_average.h"

#include <algorithm>

namespace catdog {
namespace {

std::vector<torch::Tensor> tensors_of(const TorchNetwork& network) {
  std::vector<torch::Tensor> tensors = network.parameters();
  for (const torch::Tensor& buffer : network.buffers()) tensors.push_back(buffer);
  return tensors;
}

}  // namespace

WeightAverage::WeightAverage(const TorchNetwork& network, double decay) : decay_(decay) {
  for (const torch::Tensor& tensor : tensors_of(network)) tensors_.push_back(tensor.detach().clone());
}

void WeightAverage::update(const TorchNetwork& network) {
  const torch::NoGradGuard no_grad;
  ++steps_;
  const double decay = std::min(decay_, static_cast<double>(steps_) / static_cast<double>(steps_ + 9));
  const auto current = tensors_of(network);
  for (std::size_t i = 0; i < tensors_.size(); ++i) tensors_[i].lerp_(current[i], 1 - decay);
}

void WeightAverage::exchange(TorchNetwork& network) {
  const torch::NoGradGuard no_grad;
  const auto current = tensors_of(network);
  for (std::size_t i = 0; i < tensors_.size(); ++i) {
    const torch::Tensor kept = current[i].detach().clone();
    torch::Tensor(current[i]).copy_(tensors_[i]);
    tensors_[i].copy_(kept);
  }
}

WeightAverage::InUse::InUse(WeightAverage& average, TorchNetwork& network) : average_(average), network_(network) {
  average_.exchange(network_);
}

WeightAverage::InUse::~InUse() { average_.exchange(network_); }

}  // namespace catdog
