// Lays out values and weights.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "plan.h"

namespace catdog::network {
namespace {

constexpr std::size_t kGathered = 128 << 10;  // bytes, so that they stay in a processor's second cache

int round_up(int value, int step) { return (value + step - 1) / step * step; }

std::size_t align(std::size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

class Packer {
 public:
  explicit Packer(Network::Plan& plan) : plan_(plan) {}

  bool run(const std::vector<FixedPoint>& fixed) {
    plan_.slots.resize(plan_.graph.values.size());
    for (std::size_t i = 0; i < plan_.slots.size(); ++i) {
      const Value& value = plan_.graph.values[i];
      plan_.slots[i].stride = round_up(value.shape.channels, kChannelStep);
      plan_.most_channels = std::max(plan_.most_channels, plan_.slots[i].stride);
      if (!fixed.empty()) plan_.slots[i].fixed = fixed[i];
    }
    narrow_photo();
    lay_out();
    for (Layer& layer : plan_.graph.layers) {
      Step step;
      step.layer = std::move(layer);
      if (!pack_layer(step)) return false;
      plan_.steps.push_back(std::move(step));
    }
    plan_.graph.layers.clear();
    return true;
  }

 private:
  const Slot& slot(int value) const { return plan_.slots[value]; }
  const Shape& shape(int value) const { return plan_.graph.values[value].shape; }

  std::size_t bytes_of(int value) const {
    const Shape& s = shape(value);
    const std::size_t each = slot(value).fixed.used ? sizeof(std::int16_t) : sizeof(float);
    return static_cast<std::size_t>(s.height) * s.width * slot(value).stride * each;
  }

  // Three channels need no padding where only convolutions gather them.
  void narrow_photo() {
    const int photo = plan_.graph.layers.front().output;
    for (const Layer& layer : plan_.graph.layers) {
      const bool reads = std::count(layer.inputs.begin(), layer.inputs.end(), photo) > 0 || layer.residual == photo;
      if (reads && (layer.op != Op::kConv || reads_in_place(layer))) return;
    }
    plan_.slots[photo].stride = 3;
  }

  // Values share memory where one is done with before the other begins: the largest first, each as low as it goes.
  void lay_out() {
    const std::vector<Layer>& layers = plan_.graph.layers;
    std::vector<int> first(plan_.slots.size(), kNone), last(plan_.slots.size(), kNone);
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const int at = static_cast<int>(i);
      first[layers[i].output] = at, last[layers[i].output] = at;
      for (const int input : layers[i].inputs) last[input] = at;
      if (layers[i].residual != kNone) last[layers[i].residual] = at;
    }
    for (const int output : {plan_.graph.probabilities, plan_.graph.presence, plan_.graph.class_activation}) {
      if (output != kNone) last[output] = static_cast<int>(layers.size());
    }
    std::vector<int> order;
    for (std::size_t i = 0; i < plan_.slots.size(); ++i) {
      if (first[i] != kNone) order.push_back(static_cast<int>(i));
    }
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return bytes_of(a) > bytes_of(b); });
    std::vector<int> placed;  // by offset
    for (const int value : order) {
      const std::size_t bytes = align(bytes_of(value));
      std::size_t offset = 0;
      for (const int other : placed) {
        if (last[other] < first[value] || last[value] < first[other]) continue;
        if (slot(other).offset >= offset + bytes) break;
        offset = std::max(offset, slot(other).offset + align(bytes_of(other)));
      }
      plan_.slots[value].offset = offset;
      plan_.arena_bytes = std::max(plan_.arena_bytes, offset + bytes);
      const auto place = std::upper_bound(placed.begin(), placed.end(), value,
                                          [&](int a, int b) { return slot(a).offset < slot(b).offset; });
      placed.insert(place, value);
    }
  }

  bool pack_layer(Step& step) {
    Layer& layer = step.layer;
    step.low = layer.low, step.high = layer.high;
    const Slot& out = slot(layer.output);
    const bool fixed = out.fixed.used;
    if (fixed) {
      const auto most = static_cast<float>(out.fixed.most);
      step.low = std::max(static_cast<float>(layer.low / out.fixed.scale), -most);
      step.high = std::min(static_cast<float>(layer.high / out.fixed.scale), most);
    }
    if (layer.residual != kNone && fixed) {
      step.residual_scale = static_cast<float>(slot(layer.residual).fixed.scale / out.fixed.scale);
    }
    bool done = true;
    switch (layer.op) {
      case Op::kInput: pack_table(step); break;
      case Op::kConv: done = pack_matrix(step, shape(layer.output).channels, fixed); break;
      case Op::kDense: done = pack_matrix(step, shape(layer.output).channels, false); break;
      case Op::kDepthwise: done = pack_filters(step, fixed); break;
      case Op::kAffine:
      case Op::kClamp:
      case Op::kAdd: done = pack_affine(step, fixed); break;
      default: break;
    }
    layer.weights = {}, layer.bias = {};
    if (layer.op != Op::kInput) layer.scale = {};
    return done;
  }

  void pack_table(Step& step) const {
    const FixedPoint& fixed = slot(step.layer.output).fixed;
    if (!fixed.used) return;
    for (const float value : step.layer.scale) {
      step.table.push_back(static_cast<std::int16_t>(std::floor(value / fixed.scale + 0.5)));
    }
  }

  // Convolutions and matrices: an output reads rows of kernel × input stride values.
  bool pack_matrix(Step& step, int columns, bool fixed) {
    const Layer& layer = step.layer;
    const Window& window = layer.window;
    const bool dense = layer.op == Op::kDense;
    const Shape& in = shape(layer.inputs[0]);
    const int rows = dense ? in.height : window.kernel_h, across = dense ? in.width : window.kernel_w;
    const int stride = slot(layer.inputs[0]).stride, taps = rows * across;
    const int depth = taps * stride;
    step.depth = round_up(depth, 2);
    if (!dense && !reads_in_place(layer)) {
      const std::size_t each = fixed ? sizeof(std::int16_t) : sizeof(float);
      plan_.scratch_bytes =
          std::max(plan_.scratch_bytes, each * step.depth * static_cast<std::size_t>(rows_at_once(step, each)));
    }
    const std::size_t own = static_cast<std::size_t>(in.channels) * taps;  // weights of an output
    // (tap, channel) of the packed order, as the file orders them: channel, row, column.
    const auto place = [&](int tap, int channel) { return static_cast<std::size_t>(channel) * taps + tap; };
    return fixed ? pack_codes(step, columns, own, taps, stride, in.channels, place)
                 : pack_floats(step, columns, own, taps, stride, in.channels, place);
  }

  // A filter for each channel. In fixed point two of its rows are multiplied together, (2j, x) beside (2j + 1, x).
  bool pack_filters(Step& step, bool fixed) {
    const Layer& layer = step.layer;
    const Window& window = layer.window;
    const int width = window.kernel_w, taps = window.kernel_h * width, channels = shape(layer.output).channels;
    plan_.taps = std::max(plan_.taps, static_cast<std::size_t>(taps));
    const auto own = static_cast<std::size_t>(taps);
    if (!fixed) {
      step.depth = taps;
      return pack_floats(step, channels, own, taps, 1, 1, [](int tap, int) { return static_cast<std::size_t>(tap); });
    }
    step.depth = round_up(window.kernel_h, 2) * width;
    const FilterPlace place = place_of(window, shape(layer.inputs[0]), shape(layer.output), slot(layer.output).stride);
    step.filter_scratch = filter_scratch(place, plan_.kernels->panel);
    plan_.scratch_bytes = std::max(plan_.scratch_bytes, step.filter_scratch * sizeof(std::int16_t));
    // The packed order: depth 2 · (j · width + x) + odd is row 2j + odd, column x.
    return pack_codes(step, channels, own, step.depth, 1, 1, [=](int depth, int) {
      const int row = depth / 2 / width * 2 + depth % 2, column = depth / 2 % width;
      return static_cast<std::size_t>(row * width + column);
    });
  }

  template <class Place>
  bool pack_floats(Step& step, int columns, std::size_t own, int taps, int stride, int channels, Place place) {
    const int panel = plan_.kernels->panel, wide = round_up(columns, panel);
    step.weights = AlignedArray<float>(static_cast<std::size_t>(wide) * step.depth);
    step.bias = AlignedArray<float>(static_cast<std::size_t>(wide));
    if (!step.weights || !step.bias) return false;
    for (int column = 0; column < columns; ++column) {
      const float* from = step.layer.weights.data() + own * column;
      float* to = step.weights.data() + static_cast<std::size_t>(column / panel) * panel * step.depth + column % panel;
      for (int tap = 0; tap < taps; ++tap) {
        for (int channel = 0; channel < channels; ++channel) {
          to[static_cast<std::size_t>(tap * stride + channel) * panel] = from[place(tap, channel)];
        }
      }
      step.bias[column] = step.layer.bias[column];
    }
    return true;
  }

  template <class Place>
  bool pack_codes(Step& step, int columns, std::size_t own, int taps, int stride, int channels, Place place) {
    const int panel = plan_.kernels->panel, wide = round_up(columns, panel);
    const FixedPoint& in = slot(step.layer.inputs[0]).fixed;
    const FixedPoint& out = slot(step.layer.output).fixed;
    step.codes = AlignedArray<std::int16_t>(static_cast<std::size_t>(wide) * step.depth);
    step.scale = AlignedArray<float>(static_cast<std::size_t>(wide));
    step.bias = AlignedArray<float>(static_cast<std::size_t>(wide));
    if (!step.codes || !step.scale || !step.bias) return false;
    std::vector<std::int16_t> codes(own);
    for (int column = 0; column < columns; ++column) {
      const double scale = quantize_weights(step.layer.weights.data() + own * column, own, in.most, codes.data());
      std::int16_t* to = step.codes.data() + static_cast<std::size_t>(column / panel) * panel * step.depth;
      for (int tap = 0; tap < taps; ++tap) {
        for (int channel = 0; channel < channels; ++channel) {
          const int k = tap * stride + channel;
          if (place(tap, channel) >= own) continue;  // a row that is only there to make a pair
          to[static_cast<std::size_t>(k / 2) * 2 * panel + panel_place(panel, column % panel, k % 2 != 0)] =
              codes[place(tap, channel)];
        }
      }
      const int lane = column / panel * panel + panel_lane(panel, column % panel);
      step.scale[lane] = static_cast<float>(scale * in.scale / out.scale);
      step.bias[lane] = static_cast<float>(step.layer.bias[column] / out.scale);
    }
    return true;
  }

  // scale · x + bias for each channel; in fixed point from codes to codes.
  bool pack_affine(Step& step, bool fixed) {
    const auto channels = static_cast<std::size_t>(slot(step.layer.output).stride);
    step.scale = AlignedArray<float>(channels);
    step.bias = AlignedArray<float>(channels);
    if (!step.scale || !step.bias) return false;
    const double out = fixed ? slot(step.layer.output).fixed.scale : 1;
    const double in = fixed ? slot(step.layer.inputs[0]).fixed.scale : 1;
    const Layer& layer = step.layer;
    for (std::size_t i = 0; i < channels; ++i) {
      const bool real = i < layer.scale.size();
      step.scale[i] = static_cast<float>((real ? layer.scale[i] : layer.op == Op::kAffine ? 0.0 : 1.0) * in / out);
      step.bias[i] = static_cast<float>((i < layer.bias.size() ? layer.bias[i] : 0.0) / out);
    }
    if (layer.op == Op::kAdd && fixed) {
      step.residual_scale = static_cast<float>(slot(layer.inputs[1]).fixed.scale / out);
    }
    return true;
  }

  Network::Plan& plan_;
};

}  // namespace

FilterPlace place_of(const Window& w, const Shape& in, const Shape& out, int stride) {
  return {in.height,  in.width,   out.height,   out.width,    stride, w.kernel_h, w.kernel_w,
          w.stride_h, w.stride_w, w.dilation_h, w.dilation_w, w.top,  w.left};
}

bool reads_in_place(const Layer& layer) {
  const Window& w = layer.window;
  return w.kernel_h == 1 && w.kernel_w == 1 && w.stride_h == 1 && w.stride_w == 1 &&
         w.top + w.left + w.bottom + w.right == 0;
}

int rows_at_once(const Step& step, std::size_t value_bytes) {
  constexpr std::size_t kTile = 12;  // of the widest kernels
  const std::size_t rows = kGathered / (value_bytes * static_cast<std::size_t>(step.depth));
  return static_cast<int>(std::max(rows / kTile * kTile, kTile));
}

bool pack(Network::Plan& plan, const std::vector<FixedPoint>& fixed) { return Packer(plan).run(fixed); }

}  // namespace catdog::network
