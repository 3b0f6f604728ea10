#include "run.h"

#include <algorithm>
#include <cmath>

namespace catdog::network {
Network::Workspace::Workspace(const Plan& plan)
    : arena_(plan.arena_bytes),
      scratch_(plan.scratch_bytes),
      zeros_(static_cast<std::size_t>(plan.most_channels) * sizeof(float)),
      taps_(plan.taps + 1) {}

std::size_t Network::Workspace::bytes_for(const Plan& plan) {
  return plan.arena_bytes + plan.scratch_bytes + static_cast<std::size_t>(plan.most_channels) * sizeof(float) +
         plan.taps * sizeof(void*);
}

template <class T>
View<T> Network::Workspace::view(const Plan& plan, int value) {
  return {reinterpret_cast<T*>(arena_.data() + plan.slots[value].offset), plan.graph.values[value].shape,
          plan.slots[value].stride};
}

Result<bool> Network::Workspace::run(const Plan& plan, const Image& picture, const Wanted& wanted) {
  if (picture.width != plan.size || picture.height != plan.size || !picture.pixels) {
    return Error{Problem::kCorrupt, "expected a picture of " + std::to_string(plan.size) + "×" +
                                        std::to_string(plan.size) + ", found " + std::to_string(picture.width) + "×" +
                                        std::to_string(picture.height)};
  }
  for (const Step& step : plan.steps) {
    const Layer& layer = step.layer;
    const bool needed =
        (wanted.outputs && layer.for_outputs) || (wanted.map && layer.for_map) || layer.op == Op::kInput;
    if (!needed) continue;
    if (plan.slots[layer.output].fixed.used)
      run_step<std::int16_t>(plan, step, picture);
    else
      run_step<float>(plan, step, picture);
    if (wanted.ranges && needs_range(layer)) observe(plan, step, *wanted.ranges);
  }
  return true;
}

// The layers that run in either precision.
template <class T>
void Network::Workspace::run_step(const Plan& plan, const Step& step, const Image& picture) {
  const Layer& layer = step.layer;
  const View<T> out = view<T>(plan, layer.output);
  switch (layer.op) {
    case Op::kInput:
      if constexpr (std::is_same_v<T, float>)
        read_photo(layer, picture, layer.scale.data(), out);
      else
        read_photo(layer, picture, step.table.data(), out);
      return;
    case Op::kConv: return convolve<T>(plan, step);
    case Op::kDepthwise: return filter<T>(plan, step);
    case Op::kMaxPool: return max_pool(layer.window, view<const T>(plan, layer.inputs[0]), out);
    case Op::kAveragePool: return average_pool(layer, view<const T>(plan, layer.inputs[0]), out);
    case Op::kAffine:
    case Op::kClamp: return affine(step, view<const T>(plan, layer.inputs[0]), nullptr, out);
    case Op::kAdd:
      return affine(step, view<const T>(plan, layer.inputs[0]), view<const T>(plan, layer.inputs[1]).data, out);
    default: return run_float_step(plan, step);
  }
}

template <class T>
void Network::Workspace::convolve(const Plan& plan, const Step& step) {
  constexpr bool kFixed = std::is_same_v<T, std::int16_t>;
  const Layer& layer = step.layer;
  const View<const T> in = view<const T>(plan, layer.inputs[0]);
  const View<T> out = view<T>(plan, layer.output);
  const T* residual = layer.residual == kNone ? nullptr : view<const T>(plan, layer.residual).data;
  const bool in_place = reads_in_place(layer);
  const int pixels = static_cast<int>(out.pixels()), at_once = rows_at_once(step, sizeof(T));
  T* gathered = reinterpret_cast<T*>(scratch_.data());
  for (int begin = 0; begin < pixels; begin += at_once) {
    const int end = std::min(pixels, begin + at_once);
    if (!in_place) gather(step, in, out.shape.width, begin, end, gathered);
    const T* rows = in_place ? in.data + static_cast<std::size_t>(begin) * in.stride : gathered;
    const std::size_t row_stride = static_cast<std::size_t>(in_place ? in.stride : step.depth);
    const std::size_t at = static_cast<std::size_t>(begin) * out.stride;
    const T* added = residual ? residual + at : nullptr;
    const auto out_stride = static_cast<std::size_t>(out.stride);
    if constexpr (kFixed) {
      plan.kernels->matrix_int16({rows, row_stride, end - begin, step.depth, step.codes.data(), step.scale.data(),
                                  step.bias.data(), added, step.residual_scale, out.data + at, out_stride, out.stride,
                                  step.low, step.high});
    } else {
      plan.kernels->matrix_float({rows, row_stride, end - begin, step.depth, step.weights.data(), step.bias.data(),
                                  added, out.data + at, out_stride, out.stride, step.low, step.high});
    }
  }
}

template <class T>
void Network::Workspace::filter(const Plan& plan, const Step& step) {
  const Layer& layer = step.layer;
  const View<const T> in = view<const T>(plan, layer.inputs[0]);
  const View<T> out = view<T>(plan, layer.output);
  const FilterPlace place = place_of(layer.window, in.shape, out.shape, out.stride);
  const T* zeros = reinterpret_cast<const T*>(zeros_.data());
  const T** taps = reinterpret_cast<const T**>(taps_.data());
  if constexpr (std::is_same_v<T, std::int16_t>) {
    T* rows = step.filter_scratch > 0 ? reinterpret_cast<T*>(scratch_.data()) : nullptr;
    plan.kernels->depthwise_int16({place, in.data, zeros, taps, rows, step.codes.data(), step.scale.data(),
                                   step.bias.data(), out.data, step.low, step.high});
  } else {
    plan.kernels->depthwise_float(
        {place, in.data, zeros, taps, step.weights.data(), step.bias.data(), out.data, step.low, step.high});
  }
}

void Network::Workspace::dense(const Plan& plan, const Step& step) {
  const View<const float> in = view<const float>(plan, step.layer.inputs[0]);
  const View<float> out = view<float>(plan, step.layer.output);
  plan.kernels->matrix_float({in.data, static_cast<std::size_t>(step.depth), 1, step.depth, step.weights.data(),
                              step.bias.data(), nullptr, out.data, static_cast<std::size_t>(out.stride), out.stride,
                              step.low, step.high});
}

// The layers that write floats.
void Network::Workspace::run_float_step(const Plan& plan, const Step& step) {
  const Layer& layer = step.layer;
  const int input = layer.inputs[0];
  const View<float> out = view<float>(plan, layer.output);
  const FixedPoint& fixed = plan.slots[input].fixed;
  const int count = static_cast<int>(out.shape.values());
  switch (layer.op) {
    case Op::kDense: return dense(plan, step);
    case Op::kGlobalAveragePool:
      if (fixed.used) return global_average_pool(view<const std::int16_t>(plan, input), fixed.scale, out.data);
      return global_average_pool(view<const float>(plan, input), 1, out.data);
    case Op::kCrop: return crop(layer.window, view<const float>(plan, input), out);
    case Op::kPad: return pad(layer.window, view<const float>(plan, input), out);
    case Op::kEnlarge: return enlarge(layer.factor, view<const float>(plan, input), out);
    case Op::kDequantize: return dequantize(fixed.scale, view<const std::int16_t>(plan, input), out);
    case Op::kSoftmax: return softmax(view<const float>(plan, input).data, count, out.data);
    case Op::kSigmoid: return sigmoid(view<const float>(plan, input).data, count, out.data);
    default: return;
  }
}

void Network::Workspace::observe(const Plan& plan, const Step& step, std::vector<Range>& ranges) {
  const Value& value = plan.graph.values[step.layer.output];
  if (value.flat || plan.slots[step.layer.output].fixed.used) return;
  const View<const float> out = view<const float>(plan, step.layer.output);
  float most = 0;
  for (std::size_t i = 0; i < out.pixels() * out.stride; ++i) most = std::max(most, std::abs(out.data[i]));
  const auto known = std::find_if(ranges.begin(), ranges.end(), [&](const Range& r) { return r.tensor == value.name; });
  if (known == ranges.end())
    ranges.push_back({value.name, most});
  else
    known->greatest = std::max(known->greatest, most);
}

}  // namespace catdog::network
