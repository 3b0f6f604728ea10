// A network's numbers as plain arrays, and BatchNorm folded away.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "training/network_spec.h"

namespace catdog {

struct Array {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};
using Weights = std::map<std::string, Array>;

inline constexpr double kBatchNormEpsilon = 1e-5;

struct PlainNetwork {
  NetworkSpec spec;
  Weights weights;
};

// The same function without BatchNorm and dropout: each normalisation becomes part of the convolution before it.
// Throws std::runtime_error where a normalisation follows anything else.
PlainNetwork fold_batch_norm(const NetworkSpec& spec, const Weights& weights);

}  // namespace catdog
