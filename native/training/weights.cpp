#include "training/weights.h"

#include <cmath>
#include <stdexcept>

namespace catdog {
namespace {

void fold_into(const Weights& from, const Layer& norm, Layer& conv, Weights& to) {
  const auto& scale = from.at(norm.name + ".weight").values;
  const auto& shift = from.at(norm.name + ".bias").values;
  const auto& mean = from.at(norm.name + ".running_mean").values;
  const auto& variance = from.at(norm.name + ".running_var").values;
  Array& kernel = to.at(conv.name + ".weight");
  Array bias{{conv.out}, std::vector<float>(static_cast<std::size_t>(conv.out), 0.0f)};
  if (conv.bias) bias = to.at(conv.name + ".bias");
  const std::size_t per_channel = kernel.values.size() / static_cast<std::size_t>(conv.out);
  for (std::size_t c = 0; c < bias.values.size(); ++c) {
    const double factor = scale[c] / std::sqrt(variance[c] + kBatchNormEpsilon);
    for (std::size_t i = 0; i < per_channel; ++i) {
      float& value = kernel.values[c * per_channel + i];
      value = static_cast<float>(value * factor);
    }
    bias.values[c] = static_cast<float>(shift[c] + (bias.values[c] - mean[c]) * factor);
  }
  to[conv.name + ".bias"] = std::move(bias);
  conv.bias = true;
}

}  // namespace

PlainNetwork fold_batch_norm(const NetworkSpec& spec, const Weights& weights) {
  PlainNetwork plain;
  plain.spec.name = spec.name;
  plain.spec.classes = spec.classes;
  std::vector<int> moved_to;  // where each layer's output is found in the plain network
  const auto moved = [&](int layer) { return layer == Layer::kInput ? Layer::kInput : moved_to[layer]; };
  for (const Layer& layer : spec.layers) {
    const int input = moved(layer.inputs[0]);
    if (layer.op == Op::kDropout) {
      moved_to.push_back(input);
      continue;
    }
    if (layer.op == Op::kBatchNorm) {
      if (input == Layer::kInput || plain.spec.layers[input].op != Op::kConv) {
        throw std::runtime_error(layer.name + ": expected a convolution before a normalisation, found another layer");
      }
      fold_into(weights, layer, plain.spec.layers[input], plain.weights);
      moved_to.push_back(input);
      continue;
    }
    Layer copy = layer;
    for (int& from : copy.inputs) from = moved(from);
    if (layer.op == Op::kConv || layer.op == Op::kLinear) {
      plain.weights[layer.name + ".weight"] = weights.at(layer.name + ".weight");
      if (layer.bias) plain.weights[layer.name + ".bias"] = weights.at(layer.name + ".bias");
    }
    plain.spec.layers.push_back(std::move(copy));
    moved_to.push_back(static_cast<int>(plain.spec.layers.size()) - 1);
  }
  return plain;
}

}  // namespace catdog
