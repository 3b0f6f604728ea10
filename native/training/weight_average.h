// The moving average of a network's weights over the training steps: it predicts better than the last weights
// (Polyak & Juditsky 1992; in this form e.g. Tarvainen & Valpola 2017).
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "training/network/torch_network.h"

namespace catdog {

class WeightAverage {
 public:
  // `decay`: of each step; the first steps decay faster, so that the start is soon forgotten.
  WeightAverage(const TorchNetwork& network, double decay);

  void update(const TorchNetwork& network);

  // While it lives, the network computes with the averaged weights.
  class InUse {
   public:
    InUse(WeightAverage& average, TorchNetwork& network);
    ~InUse();
    InUse(const InUse&) = delete;
    InUse& operator=(const InUse&) = delete;

   private:
    WeightAverage& average_;
    TorchNetwork& network_;
  };

  std::vector<torch::Tensor>& tensors() { return tensors_; }  // parameters, then buffers
  std::int64_t steps() const { return steps_; }
  void set_steps(std::int64_t steps) { steps_ = steps; }

 private:
  void exchange(TorchNetwork& network);

  double decay_;
  std::int64_t steps_ = 0;
  std::vector<torch::Tensor> tensors_;
};

}  // namespace catdog
