#include "training/network/network_spec.h"

#include <algorithm>

namespace catdog {

std::pair<int, int> padding_of(const Layer& layer, int side) {
  if (!layer.same) return {layer.padding, layer.padding};
  const int outputs = (side + layer.stride - 1) / layer.stride;
  const int all = std::max((outputs - 1) * layer.stride + layer.kernel - side, 0);
  return {all / 2, all - all / 2};
}

std::vector<int> sides_of(const NetworkSpec& spec, int input) {
  std::vector<int> sides;
  for (const Layer& layer : spec.layers) {
    int side = layer.inputs[0] == Layer::kInput ? input : sides[layer.inputs[0]];
    if (layer.op == Op::kConv || layer.op == Op::kMaxPool || layer.op == Op::kAveragePool) {
      const auto [before, after] = padding_of(layer, side);
      const int room = side + before + after - layer.kernel;
      side = room < 0 || side == 0 ? 0 : room / layer.stride + 1;
    }
    sides.push_back(layer.op == Op::kGlobalAveragePool ? 1 : side);
  }
  return sides;
}

int least_size(const NetworkSpec& spec) {
  const auto fits = [&](int size) {
    const std::vector<int> sides = sides_of(spec, size);
    return std::all_of(sides.begin(), sides.end(), [](int side) { return side > 0; });
  };
  int size = 1;
  while (!fits(size)) ++size;
  return size;
}

NetworkCost cost_of(const NetworkSpec& spec, int size) {
  NetworkCost cost;
  const std::vector<int> sides = sides_of(spec, size - 2 * spec.margin);
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const Layer& layer = spec.layers[i];
    std::int64_t weights = 0;
    if (layer.op == Op::kLinear) weights = std::int64_t{layer.in} * layer.out;
    if (layer.op == Op::kConv) {
      weights = std::int64_t{layer.in} / layer.groups * layer.out * layer.kernel * layer.kernel;
    }
    if (layer.op == Op::kBatchNorm) cost.parameters += 2 * layer.out;
    cost.parameters += weights + (layer.bias ? layer.out : 0);
    cost.multiply_adds += weights * sides[i] * sides[i];
  }
  return cost;
}

}  // namespace catdog
