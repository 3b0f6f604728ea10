// A network description, executed by LibTorch.
#pragma once

#include <torch/torch.h>

#include <map>
#include <string>
#include <vector>

#include "training/network_spec.h"
#include "training/weights.h"

namespace catdog {

class TorchNetwork : public torch::nn::Module {
 public:
  // Weights are drawn from LibTorch's generator (torch::manual_seed): He et al. 2015 for convolutions.
  explicit TorchNetwork(NetworkSpec spec);

  // photos: N×3×H×W, float, RGB in [0, 1]; gives logits, N×classes.
  torch::Tensor forward(torch::Tensor photos);

  const NetworkSpec& spec() const { return spec_; }

 private:
  torch::Tensor run(const Layer& layer, const std::vector<torch::Tensor>& values);

  NetworkSpec spec_;
  std::map<std::string, torch::Tensor> tensors_;  // the registered parameters and buffers
  std::vector<int> last_reader_;                  // of each layer's output: after it the output is let go
};

// Parameters and running statistics by name ("head.weight"), copied to plain arrays and back.
// set_weights throws std::runtime_error where a name or shape does not fit.
Weights get_weights(const TorchNetwork& network);
void set_weights(TorchNetwork& network, const Weights& weights);

}  // namespace catdog
