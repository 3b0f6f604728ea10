#include "training/network/weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace catdog {
namespace {

void fold_into(const Weights& from, const Layer& norm, double epsilon, Layer& conv, Weights& to) {
  const auto& scale = from.at(norm.name + ".weight").values;
  const auto& shift = from.at(norm.name + ".bias").values;
  const auto& mean = from.at(norm.name + ".running_mean").values;
  const auto& variance = from.at(norm.name + ".running_var").values;
  Array& kernel = to.at(conv.name + ".weight");
  Array bias{{conv.out}, std::vector<float>(static_cast<std::size_t>(conv.out), 0.0f)};
  if (conv.bias) bias = to.at(conv.name + ".bias");
  const std::size_t per_channel = kernel.values.size() / static_cast<std::size_t>(conv.out);
  for (std::size_t c = 0; c < bias.values.size(); ++c) {
    const double factor = scale[c] / std::sqrt(variance[c] + epsilon);
    for (std::size_t i = 0; i < per_channel; ++i) {
      float& value = kernel.values[c * per_channel + i];
      value = static_cast<float>(value * factor);
    }
    bias.values[c] = static_cast<float>(shift[c] + (bias.values[c] - mean[c]) * factor);
  }
  to[conv.name + ".bias"] = std::move(bias);
  conv.bias = true;
}

// Copies a network without the layers for which `drop` says so: their readers read what those layers read.
template <class Drop>
PlainNetwork without(const NetworkSpec& spec, const Weights& weights, Drop drop) {
  PlainNetwork plain{spec, {}};
  plain.spec.layers.clear();
  std::vector<int> moved_to;  // where each layer's output is found in the copy
  const auto moved = [&](int layer) { return layer < 0 ? layer : moved_to[layer]; };
  for (const Layer& layer : spec.layers) {
    const int input = moved(layer.inputs[0]);
    if (drop(plain, layer, input)) {
      moved_to.push_back(input);
      continue;
    }
    Layer copy = layer;
    for (int& from : copy.inputs) from = moved(from);
    for (const char* part : {".weight", ".bias", ".running_mean", ".running_var"}) {
      const auto found = weights.find(layer.name + part);
      if (!layer.name.empty() && found != weights.end()) plain.weights.insert(*found);
    }
    plain.spec.layers.push_back(std::move(copy));
    moved_to.push_back(static_cast<int>(plain.spec.layers.size()) - 1);
  }
  for (int* output : {&plain.spec.logits, &plain.spec.presence, &plain.spec.pretrained_head}) *output = moved(*output);
  return plain;
}

}  // namespace

PlainNetwork fold_batch_norm(const NetworkSpec& spec, const Weights& weights) {
  return without(spec, weights, [&](PlainNetwork& plain, const Layer& layer, int input) {
    if (layer.op != Op::kBatchNorm) return false;
    if (input == Layer::kInput || plain.spec.layers[input].op != Op::kConv) {
      throw std::runtime_error(layer.name + ": expected a convolution before a normalisation, found another layer");
    }
    Layer& conv = plain.spec.layers[input];
    if (weights.count(layer.name + ".weight") == 0 && weights.count(conv.name + ".bias") != 0) {
      conv.bias = true;  // folded before
    } else {
      fold_into(weights, layer, spec.batch_norm_epsilon, conv, plain.weights);
    }
    return true;
  });
}

PlainNetwork fold_for_inference(const NetworkSpec& spec, const Weights& weights) {
  const PlainNetwork folded = fold_batch_norm(spec, weights);
  const Layer* pretrained_head =
      spec.pretrained_head == NetworkSpec::kNone ? nullptr : &folded.spec.layers[folded.spec.pretrained_head];
  PlainNetwork used = without(folded.spec, folded.weights, [&](PlainNetwork&, const Layer& layer, int) {
    return layer.op == Op::kDropout || (pretrained_head && layer.name == pretrained_head->name);
  });
  used.spec.pretrained_head = NetworkSpec::kNone;
  return used;
}

void set_temperature(PlainNetwork& network, double temperature) {
  const std::string head = network.spec.layers[network.spec.logits].name;
  for (const char* part : {".weight", ".bias"}) {
    for (float& value : network.weights.at(head + part).values) value = static_cast<float>(value / temperature);
  }
}

bool same_layers(const Weights& a, const Weights& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& one, const auto& other) {
    return one.first == other.first && one.second.shape == other.second.shape;
  });
}

Weights mean_of(const std::vector<Weights>& all) {
  Weights mean = all.front();
  for (const Weights& one : all) {
    if (!same_layers(one, mean)) throw std::runtime_error("expected networks of the same layers, found others");
  }
  for (auto& [name, array] : mean) {
    std::vector<double> sum(array.values.size());
    for (const Weights& one : all) {
      const std::vector<float>& values = one.at(name).values;
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += static_cast<double>(values[i]);
    }
    for (std::size_t i = 0; i < sum.size(); ++i) {
      array.values[i] = static_cast<float>(sum[i] / static_cast<double>(all.size()));
    }
  }
  return mean;
}

std::uint16_t to_half(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  const std::uint32_t sign = bits >> 16 & 0x8000u;
  const float magnitude = std::abs(value);
  if (!(magnitude < 65520.0f)) return static_cast<std::uint16_t>(sign | (std::isnan(value) ? 0x7E00u : 0x7C00u));
  if (magnitude < 0x1p-14f) {  // subnormal: steps of 2^-24
    return static_cast<std::uint16_t>(sign | static_cast<std::uint32_t>(std::nearbyint(magnitude * 0x1p24f)));
  }
  // 13 bits of the fraction go, rounded to even; a carry into the exponent is right.
  bits &= 0x7FFFFFFFu;
  bits += 0x0FFFu + (bits >> 13 & 1u);
  return static_cast<std::uint16_t>(sign | ((bits >> 13) - (112u << 10)));
}

float from_half(std::uint16_t half) {
  const int exponent = half >> 10 & 0x1F;
  const float fraction = static_cast<float>(half & 0x3FF);
  const float magnitude = exponent == 0    ? std::ldexp(fraction, -24)
                          : exponent == 31 ? (fraction == 0 ? HUGE_VALF : NAN)
                                           : std::ldexp(fraction + 1024, exponent - 25);
  return half & 0x8000 ? -magnitude : magnitude;
}

void round_to_half(Weights& weights) {
  for (auto& [name, array] : weights) {
    for (float& value : array.values) value = from_half(to_half(value));
  }
}

}  // namespace catdog
