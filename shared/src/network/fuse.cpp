// Fewer passes over memory: layers take over what the next one does.
#include <algorithm>
#include <cmath>

#include "layers.h"

namespace catdog::network {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

bool clamps(const Layer& layer) { return layer.low != -kInfinity || layer.high != kInfinity; }

class Fuser {
 public:
  explicit Fuser(LayerGraph& graph) : graph_(graph) {}

  void run() {
    drop_views();
    drop_unneeded();
    count_uses();
    for (std::size_t i = 0; i < graph_.layers.size(); ++i) {
      Layer& layer = graph_.layers[i];
      if (layer.op == Op::kAdd ? fuse_sum(layer) : fuse(layer))
        gone_[i] = true;
      else
        producer_[layer.output] = static_cast<int>(i);
    }
    std::vector<Layer> kept;
    for (std::size_t i = 0; i < graph_.layers.size(); ++i) {
      if (!gone_[i]) kept.push_back(std::move(graph_.layers[i]));
    }
    graph_.layers = std::move(kept);
  }

 private:
  // Clamps without limits are other names of what they read.
  void drop_views() {
    std::vector<int> same(graph_.values.size());
    for (std::size_t i = 0; i < same.size(); ++i) same[i] = static_cast<int>(i);
    std::vector<Layer> kept;
    for (Layer& layer : graph_.layers) {
      for (int& input : layer.inputs) input = same[input];
      if (layer.op == Op::kClamp && !clamps(layer))
        same[layer.output] = layer.inputs[0];
      else
        kept.push_back(std::move(layer));
    }
    graph_.layers = std::move(kept);
    for (int* output : {&graph_.probabilities, &graph_.presence, &graph_.class_activation}) {
      if (*output != kNone) *output = same[*output];
    }
  }

  void drop_unneeded() {
    std::vector<char> for_outputs(graph_.values.size()), for_map(graph_.values.size());
    for (const int output : {graph_.probabilities, graph_.presence}) {
      if (output != kNone) for_outputs[output] = true;
    }
    if (graph_.class_activation != kNone) for_map[graph_.class_activation] = true;
    for (auto layer = graph_.layers.rbegin(); layer != graph_.layers.rend(); ++layer) {
      layer->for_outputs = for_outputs[layer->output];
      layer->for_map = for_map[layer->output];
      for (const int input : layer->inputs) {
        if (layer->for_outputs) for_outputs[input] = true;
        if (layer->for_map) for_map[input] = true;
      }
    }
    const auto unneeded = [](const Layer& layer) {
      return !layer.for_outputs && !layer.for_map && layer.op != Op::kInput;
    };
    graph_.layers.erase(std::remove_if(graph_.layers.begin(), graph_.layers.end(), unneeded), graph_.layers.end());
  }

  void count_uses() {
    uses_.assign(graph_.values.size(), 0);
    producer_.assign(graph_.values.size(), kNone);
    gone_.assign(graph_.layers.size(), false);
    for (const Layer& layer : graph_.layers) {
      for (const int input : layer.inputs) ++uses_[input];
    }
    for (const int output : {graph_.probabilities, graph_.presence, graph_.class_activation}) {
      if (output != kNone) ++uses_[output];
    }
  }

  // The layer that makes a value which only one layer reads; null where there are more readers.
  Layer* only_maker(int value) {
    return uses_[value] == 1 && producer_[value] != kNone ? &graph_.layers[producer_[value]] : nullptr;
  }

  void take_over(Layer& maker, const Layer& layer) {
    const int at = producer_[maker.output];
    maker.output = layer.output;
    producer_[layer.output] = at;
  }

  // True where the layer before does its work now.
  bool fuse(Layer& layer) {
    if (layer.inputs.empty()) return false;
    Layer* maker = only_maker(layer.inputs[0]);
    if (!maker) return false;
    if (maker->op == Op::kPad && (layer.op == Op::kConv || layer.op == Op::kDepthwise)) {
      layer.window.top += maker->window.top, layer.window.left += maker->window.left;
      layer.window.bottom += maker->window.bottom, layer.window.right += maker->window.right;
      layer.inputs = maker->inputs;
      gone_[producer_[maker->output]] = true;
      return false;
    }
    const bool fused = (layer.op == Op::kAffine && fuse_affine(*maker, layer)) ||
                       (layer.op == Op::kClamp && fuse_clamp(*maker, layer)) ||
                       (layer.op == Op::kCrop && fuse_crop(*maker, layer));
    if (fused) take_over(*maker, layer);
    return fused;
  }

  static bool has_weights(const Layer& layer) {
    return layer.op == Op::kConv || layer.op == Op::kDepthwise || layer.op == Op::kDense || layer.op == Op::kAffine;
  }

  bool fuse_affine(Layer& maker, const Layer& layer) {
    if (maker.op == Op::kInput) {
      for (std::size_t i = 0; i < maker.scale.size(); ++i) {
        const std::size_t channel = i / 256;
        maker.scale[i] = maker.scale[i] * layer.scale[channel];
        maker.scale[i] = maker.scale[i] + layer.bias[channel];
      }
      return true;
    }
    if (!has_weights(maker) || clamps(maker) || maker.residual != kNone) return false;
    std::vector<float>& weights = maker.op == Op::kAffine ? maker.scale : maker.weights;
    const std::size_t each = weights.size() / maker.bias.size();
    if (maker.bias.size() != layer.bias.size()) return false;
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] *= layer.scale[i / each];
    for (std::size_t i = 0; i < maker.bias.size(); ++i) {
      maker.bias[i] = static_cast<float>(static_cast<double>(maker.bias[i]) * layer.scale[i] + layer.bias[i]);
    }
    return true;
  }

  bool fuse_clamp(Layer& maker, const Layer& layer) {
    const auto clamp = [&](float value) { return std::min(std::max(value, layer.low), layer.high); };
    if (maker.op == Op::kInput) {
      for (float& value : maker.scale) value = clamp(value);
      return true;
    }
    if (!has_weights(maker) && maker.op != Op::kAdd && maker.op != Op::kClamp) return false;
    maker.low = clamp(maker.low), maker.high = clamp(maker.high);
    return true;
  }

  bool fuse_crop(Layer& maker, const Layer& layer) {
    if (maker.op != Op::kInput) return false;
    maker.window.top += layer.window.top, maker.window.left += layer.window.left;
    return true;
  }

  // A convolution adds what else goes into the sum, where that is there before it runs.
  bool fuse_sum(Layer& layer) {
    for (int side = 0; side < 2; ++side) {
      Layer* maker = only_maker(layer.inputs[side]);
      const int other = layer.inputs[1 - side];
      if (!maker || maker->op != Op::kConv || clamps(*maker) || maker->residual != kNone) continue;
      if (producer_[other] == kNone || producer_[other] >= producer_[maker->output]) continue;
      maker->residual = other;
      maker->low = layer.low, maker->high = layer.high;
      take_over(*maker, layer);
      return true;
    }
    return false;
  }

  LayerGraph& graph_;
  std::vector<int> uses_, producer_;  // of each value: readers, and the layer that makes it
  std::vector<char> gone_;            // of each layer: another does its work
};

}  // namespace

void fuse(LayerGraph& graph) {
  // The photo's bytes as the tensor's values: a true division, as to_tensor makes it.
  Layer& photo = graph.layers.front();
  for (int channel = 0; channel < 3; ++channel) {
    for (int value = 0; value < 256; ++value) photo.scale.push_back(static_cast<float>(value) / 255.0f);
  }
  Fuser(graph).run();
}

}  // namespace catdog::network
