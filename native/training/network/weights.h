// A network's numbers as plain arrays, and BatchNorm folded away.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "training/network/network_spec.h"

namespace catdog {

struct Array {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};
using Weights = std::map<std::string, Array>;

struct PlainNetwork {
  NetworkSpec spec;
  Weights weights;
};

// The same function without BatchNorm: each normalisation becomes part of the convolution before it. Weights may have
// been folded already.
// Throws std::runtime_error where a normalisation follows anything else.
PlainNetwork fold_batch_norm(const NetworkSpec& spec, const Weights& weights);

// What is used of a trained network: without dropout, and without the pretrained head.
PlainNetwork fold_for_inference(const NetworkSpec& spec, const Weights& weights);

// Divides the classes' logits by `temperature`.
void set_temperature(PlainNetwork& network, double temperature);

// Whether names and shapes are the same.
bool same_layers(const Weights& a, const Weights& b);

// Number for number, of one or more. Throws std::runtime_error where they do not have the same layers.
Weights mean_of(const std::vector<Weights>& all);

// Every number rounded to the nearest that has a half-precision float.
void round_to_half(Weights& weights);
std::uint16_t to_half(float value);
float from_half(std::uint16_t bits);

}  // namespace catdog
