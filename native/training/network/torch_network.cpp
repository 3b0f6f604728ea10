#include "training/network/torch_network.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace catdog {
namespace {

torch::Tensor conv_weight(const Layer& layer) {
  torch::Tensor weight = torch::empty({layer.out, layer.in / layer.groups, layer.kernel, layer.kernel});
  torch::nn::init::kaiming_normal_(weight, 0, torch::kFanOut, torch::kReLU);
  return weight.contiguous(torch::MemoryFormat::ChannelsLast);
}

torch::Tensor linear_weight(const Layer& layer) {
  return torch::randn({layer.out, layer.in}) * std::sqrt(1.0 / layer.in);
}

torch::Tensor convolve(const Layer& layer, const torch::Tensor& x, const torch::Tensor& weight,
                       const torch::Tensor& bias) {
  const auto [top, bottom] = padding_of(layer, static_cast<int>(x.size(2)));
  const auto [left, right] = padding_of(layer, static_cast<int>(x.size(3)));
  if (top == bottom && left == right) {
    return torch::conv2d(x, weight, bias, layer.stride, {top, left}, 1, layer.groups);
  }
  return torch::conv2d(torch::constant_pad_nd(x, {left, right, top, bottom}), weight, bias, layer.stride,
                       /*padding=*/c10::IntArrayRef({0, 0}), 1, layer.groups);
}

// LibTorch forbids dots in the names of parameters: '/' stands for them there.
std::string with(char to, char from, std::string name) {
  std::replace(name.begin(), name.end(), from, to);
  return name;
}
std::string registered(const std::string& name) { return with('/', '.', name); }
std::string plain_name(const std::string& name) { return with('.', '/', name); }

// The network's tensors by name: what a checkpoint or an export must hold.
torch::OrderedDict<std::string, torch::Tensor> named_tensors(const TorchNetwork& network) {
  auto tensors = network.named_parameters();
  for (const auto& buffer : network.named_buffers()) tensors.insert(buffer.key(), buffer.value());
  return tensors;
}

}  // namespace

TorchNetwork::TorchNetwork(NetworkSpec spec) : spec_(std::move(spec)), last_reader_(spec_.layers.size(), -1) {
  for (std::size_t i = 0; i < spec_.layers.size(); ++i) {
    const Layer& layer = spec_.layers[i];
    for (const int input : layer.inputs) {
      if (input != Layer::kInput) last_reader_[input] = static_cast<int>(i);
    }
    const std::string name = registered(layer.name);
    if (layer.op == Op::kConv) register_parameter(name + "/weight", conv_weight(layer));
    if (layer.op == Op::kLinear) register_parameter(name + "/weight", linear_weight(layer));
    if (layer.op == Op::kBatchNorm) {
      register_parameter(name + "/weight", layer.zero_init ? torch::zeros({layer.out}) : torch::ones({layer.out}));
      register_parameter(name + "/bias", torch::zeros({layer.out}));
      register_buffer(name + "/running_mean", torch::zeros({layer.out}));
      register_buffer(name + "/running_var", torch::ones({layer.out}));
    } else if (layer.bias) {
      register_parameter(name + "/bias", torch::zeros({layer.out}));
    }
  }
  for (const auto& item : named_tensors(*this)) tensors_.emplace(item.key(), item.value());
  std::map<std::string, int> stage_of;
  for (const Layer& layer : spec_.layers) stage_of[registered(layer.name)] = layer.stage;
  for (const auto& item : named_parameters()) {
    stages_.push_back(stage_of.at(item.key().substr(0, item.key().rfind('/'))));
  }
}

// As torch::dropout draws it for the photos of all processes.
torch::Tensor TorchNetwork::shared_dropout(const torch::Tensor& x, double rate) const {
  std::vector<std::int64_t> shape = x.sizes().vec();
  shape[0] = photos_;
  const torch::Tensor noise = torch::empty(shape, x.options()).bernoulli_(1 - rate).div_(1 - rate);
  return x * noise.index_select(0, places_.to(x.device()));
}

// Batch normalisation over the photos of all processes.
torch::Tensor TorchNetwork::shared_batch_norm(const torch::Tensor& x, const std::string& name) {
  const torch::Tensor own = torch::full({1}, static_cast<float>(x.numel() / std::max<std::int64_t>(x.size(1), 1)));
  // Differences from the moving mean: the difference of large squares would cost digits.
  torch::Tensor running_mean = tensors_.at(name + "/running_mean"), running_var = tensors_.at(name + "/running_var");
  const torch::Tensor from = running_mean.detach().clone().view({1, -1, 1, 1});
  const torch::Tensor shifted = x - from;
  const double counts = idle_ ? 0 : 1;
  const torch::Tensor total =
      sum_(torch::cat({shifted.sum({0, 2, 3}), (shifted * shifted).sum({0, 2, 3}), own.to(x.device())}) * counts);
  const std::int64_t channels = x.size(1);
  const torch::Tensor count = total.slice(0, 2 * channels).detach();
  const torch::Tensor mean = total.slice(0, 0, channels) / count;
  const torch::Tensor variance = total.slice(0, channels, 2 * channels) / count - mean * mean;
  {
    const torch::NoGradGuard no_grad;
    constexpr double kMomentum = 0.1;
    running_var.lerp_(variance.detach() * count / (count - 1).clamp_min(1), kMomentum);
    running_mean.lerp_(mean.detach() + from.view({-1}), kMomentum);
  }
  const auto by_channel = [](const torch::Tensor& values) { return values.view({1, -1, 1, 1}); };
  return (shifted - by_channel(mean)) *
             by_channel(torch::rsqrt(variance + spec_.batch_norm_epsilon) * tensors_.at(name + "/weight")) +
         by_channel(tensors_.at(name + "/bias"));
}

torch::Tensor TorchNetwork::run(const Layer& layer, const std::vector<torch::Tensor>& values) {
  // values[0] is the photo; layer i's output is values[i + 1].
  const torch::Tensor& x = values[static_cast<std::size_t>(layer.inputs[0] + 1)];
  const std::string name = registered(layer.name);
  const auto tensor = [&](const char* part) {
    const auto found = tensors_.find(name + part);
    return found == tensors_.end() ? torch::Tensor() : found->second;
  };
  switch (layer.op) {
    case Op::kConv: return convolve(layer, x, tensor("/weight"), tensor("/bias"));
    case Op::kBatchNorm:
      if (sum_ && is_training()) return shared_batch_norm(x, name);
      return torch::batch_norm(x, tensor("/weight"), tensor("/bias"), tensor("/running_mean"), tensor("/running_var"),
                               is_training(), 0.1, spec_.batch_norm_epsilon, true);
    case Op::kRelu: return torch::relu(x);
    case Op::kRelu6: return torch::hardtanh(x, 0, 6);
    case Op::kAffine: return x * layer.scale + layer.shift;
    case Op::kMaxPool: return torch::max_pool2d(x, layer.kernel, layer.stride, layer.padding);
    case Op::kAveragePool:
      return torch::avg_pool2d(x, layer.kernel, layer.stride, layer.padding, layer.same, !layer.same);
    case Op::kGlobalAveragePool: return x.mean({2, 3});
    case Op::kAdd: return x + values[static_cast<std::size_t>(layer.inputs[1] + 1)];
    case Op::kDropout:
      if (sum_ && is_training()) return shared_dropout(x, layer.rate);
      return torch::dropout(x, layer.rate, is_training());
    case Op::kLinear: return torch::linear(x, tensor("/weight"), tensor("/bias"));
  }
  throw std::logic_error("a layer of no known kind");
}

TorchOutputs TorchNetwork::forward(const torch::Tensor& photos) {
  const int margin = is_training() ? 0 : spec_.margin;
  const torch::Tensor seen = photos.slice(2, margin, photos.size(2) - margin).slice(3, margin, photos.size(3) - margin);
  std::vector<torch::Tensor> values = {seen.contiguous(torch::MemoryFormat::ChannelsLast)};
  for (std::size_t i = 0; i < spec_.layers.size(); ++i) {
    const Layer& layer = spec_.layers[i];
    values.push_back(run(layer, values));
    for (const int input : layer.inputs) {
      if (input != Layer::kInput && last_reader_[input] == static_cast<int>(i)) values[input + 1].reset();
    }
  }
  const auto value_of = [&](int layer) { return layer == NetworkSpec::kNone ? torch::Tensor() : values[layer + 1]; };
  return {value_of(spec_.logits), value_of(spec_.presence), value_of(spec_.pretrained_head)};
}

void TorchNetwork::learn_from(int first) {
  const auto all = parameters();
  for (std::size_t i = 0; i < all.size(); ++i) torch::Tensor(all[i]).set_requires_grad(stages_[i] >= first);
}

torch::Device default_device() { return torch::cuda::is_available() ? torch::kCUDA : torch::kCPU; }

Array to_array(const torch::Tensor& tensor) {
  const torch::Tensor plain = tensor.detach().to(torch::kCPU, torch::kFloat).contiguous();
  Array array{plain.sizes().vec(), std::vector<float>(static_cast<std::size_t>(plain.numel()))};
  std::memcpy(array.values.data(), plain.data_ptr<float>(), array.values.size() * sizeof(float));
  return array;
}

Weights get_weights(const TorchNetwork& network) {
  Weights weights;
  for (const auto& item : named_tensors(network)) weights.emplace(plain_name(item.key()), to_array(item.value()));
  return weights;
}

void set_weights(TorchNetwork& network, const Weights& weights) {
  const torch::NoGradGuard no_grad;
  for (auto& item : named_tensors(network)) {
    const std::string name = plain_name(item.key());
    const auto found = weights.find(name);
    if (found == weights.end() || found->second.shape != item.value().sizes().vec()) {
      throw std::runtime_error("expected weights for '" + name + "' of the network " + network.spec().name +
                               ", found " + (found == weights.end() ? "none" : "others of another shape"));
    }
    const Array& array = found->second;
    item.value().copy_(torch::from_blob(const_cast<float*>(array.values.data()), array.shape));
  }
}

}  // namespace catdog
