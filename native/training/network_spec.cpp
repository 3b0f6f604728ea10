#include "training/network_spec.h"

#include <map>

namespace catdog {

NetworkCost cost_of(const NetworkSpec& spec, int size) {
  NetworkCost cost;
  std::map<int, int> side = {{Layer::kInput, size}};
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const Layer& layer = spec.layers[i];
    int out = side[layer.inputs[0]];
    std::int64_t weights = 0;
    switch (layer.op) {
      case Op::kConv:
        out = (out + 2 * layer.padding - layer.kernel) / layer.stride + 1;
        weights = std::int64_t{layer.in} / layer.groups * layer.out * layer.kernel * layer.kernel;
        break;
      case Op::kMaxPool:
      case Op::kAveragePool: out = (out + 2 * layer.padding - layer.kernel) / layer.stride + 1; break;
      case Op::kGlobalAveragePool: out = 1; break;
      case Op::kLinear: weights = std::int64_t{layer.in} * layer.out; break;
      case Op::kBatchNorm: cost.parameters += 2 * layer.out; break;
      case Op::kRelu:
      case Op::kAdd:
      case Op::kDropout: break;
    }
    cost.parameters += weights + (layer.bias ? layer.out : 0);
    cost.multiply_adds += weights * out * out;
    side[static_cast<int>(i)] = out;
  }
  return cost;
}

}  // namespace catdog
