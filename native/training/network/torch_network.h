// A network description, executed by LibTorch.
#pragma once

#include <torch/torch.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "training/network/network_spec.h"
#include "training/network/weights.h"

namespace catdog {

// What a network says of N photos; a head that the network lacks is an undefined tensor.
struct TorchOutputs {
  torch::Tensor logits;           // N×classes
  torch::Tensor presence;         // N×1, logits
  torch::Tensor pretrained_head;  // N×classes of the pretrained network, logits
};

class TorchNetwork : public torch::nn::Module {
 public:
  // Weights are drawn from LibTorch's generator (torch::manual_seed): He et al. 2015 for convolutions.
  explicit TorchNetwork(NetworkSpec spec);

  // photos: N×3×H×W, float, RGB in [0, 1].
  TorchOutputs forward(const torch::Tensor& photos);

  // Sums tensors over several processes, differentiably; with it batch normalisation learns from the photos of all of
  // them.
  using Sum = std::function<torch::Tensor(const torch::Tensor&)>;
  void share_statistics(Sum sum) { sum_ = std::move(sum); }
  // Before each step of several processes: the places, among its `photos`, of those that are given here. Dropout is
  // drawn for all of them, so that it does not depend on the number of processes.
  // Where this process has none of them, it is given one that must not count.
  void take_part(const std::vector<std::int64_t>& places, std::int64_t photos) {
    idle_ = places.empty();
    places_ = idle_ ? torch::zeros({1}, torch::kLong) : torch::tensor(places);
    photos_ = photos;
  }

  // Parameters of layers in the stages below `first` are left as they are; the others learn.
  void learn_from(int first);
  // How far from the photo the layer of a parameter stands, in the order of parameters().
  const std::vector<int>& parameter_stages() const { return stages_; }

  const NetworkSpec& spec() const { return spec_; }

 private:
  torch::Tensor run(const Layer& layer, const std::vector<torch::Tensor>& values);

  torch::Tensor shared_dropout(const torch::Tensor& x, double rate) const;
  torch::Tensor shared_batch_norm(const torch::Tensor& x, const std::string& name);

  NetworkSpec spec_;
  Sum sum_;  // empty: there is one process
  torch::Tensor places_;
  std::int64_t photos_ = 0;
  bool idle_ = false;
  std::map<std::string, torch::Tensor> tensors_;  // the registered parameters and buffers
  std::vector<int> stages_;
  std::vector<int> last_reader_;  // of each layer's output: after it the output is let go
};

// The GPU where LibTorch has one, else the CPU.
torch::Device default_device();

Array to_array(const torch::Tensor& tensor);

// Parameters and running statistics by name ("head.weight"), copied to plain arrays and back.
// set_weights throws std::runtime_error where a name or shape does not fit.
Weights get_weights(const TorchNetwork& network);
void set_weights(TorchNetwork& network, const Weights& weights);

}  // namespace catdog
