// Operators that look over a picture, cut it, or take it for a list of values.
#include <algorithm>
#include <utility>

#include "translator.h"

namespace catdog::network {

bool Translator::max_pool() {
  Layer layer;
  layer.op = Op::kMaxPool;
  layer.inputs.resize(1);
  if (!value_input(0, layer.inputs[0])) return false;
  if (node_->outputs.size() > 1 || number("storage_order", 0) != 0) return refuse("the maxima alone", "their places");
  const Shape from = shape_of(layer.inputs[0]);
  Shape output = from;
  if (graph_.values[layer.inputs[0]].flat) return refuse("a picture", "a list of values", Problem::kCorrupt);
  if (!read_window(from, 1, 1, layer.window, output)) return false;
  return add_layer(std::move(layer), output, false);
}

bool Translator::average_pool() {
  Layer layer;
  layer.op = Op::kAveragePool;
  layer.inputs.resize(1);
  if (!value_input(0, layer.inputs[0])) return false;
  layer.count_padding = number("count_include_pad", 0) != 0;
  if (layer.count_padding && number("ceil_mode", 0) != 0) return refuse("ceil_mode or count_include_pad", "both");
  const Shape from = shape_of(layer.inputs[0]);
  Shape output = from;
  if (graph_.values[layer.inputs[0]].flat) return refuse("a picture", "a list of values", Problem::kCorrupt);
  if (!read_window(from, 1, 1, layer.window, output)) return false;
  return add_layer(std::move(layer), output, false);
}

bool Translator::global_average_pool() {
  Layer layer;
  layer.op = Op::kGlobalAveragePool;
  layer.inputs.resize(1);
  if (!value_input(0, layer.inputs[0])) return false;
  if (graph_.values[layer.inputs[0]].flat) return refuse("a picture", "a list of values", Problem::kCorrupt);
  return add_layer(std::move(layer), {shape_of(layer.inputs[0]).channels}, false);
}

// Axes as an attribute, or as an input where the operators are newer.
bool Translator::axes(std::vector<std::int64_t>& found) {
  if (const OnnxAttribute* given = attribute("axes")) {
    found = given->numbers;
  } else if (!integers_input(1, found)) {
    return false;
  }
  for (std::int64_t& axis : found) axis += axis < 0 ? 4 : 0;
  std::sort(found.begin(), found.end());
  return true;
}

bool Translator::reduce_mean() {
  Layer layer;
  layer.op = Op::kGlobalAveragePool;
  layer.inputs.resize(1);
  std::vector<std::int64_t> over;
  if (!value_input(0, layer.inputs[0]) || !axes(over)) return false;
  const std::vector<std::int64_t> sides = {2, 3};
  if (graph_.values[layer.inputs[0]].flat || over != sides) return refuse("a mean over height and width", "another");
  return add_layer(std::move(layer), {shape_of(layer.inputs[0]).channels}, number("keepdims", 1) == 0);
}

bool Translator::flatten() {
  int input;
  if (!value_input(0, input)) return false;
  if (number("axis", 1) != 1) return refuse("axis 1", std::to_string(number("axis", 1)));
  if (graph_.values[input].flat) return alias(input);
  // The same memory under another view: a layer that clamps nothing, which fuse() leaves out.
  Layer layer;
  layer.op = Op::kClamp;
  layer.inputs = {input};
  return add_layer(std::move(layer), shape_of(input), true);
}

bool Translator::reshape() {
  int input;
  std::vector<std::int64_t> shape;
  if (!value_input(0, input) || !integers_input(1, shape)) return false;
  const std::int64_t values = shape_of(input).values();
  const bool flat =
      shape.size() == 2 && (shape[1] == values ? shape[0] == 0 || shape[0] == -1 : shape[1] == -1 && shape[0] == 0);
  if (!flat) return refuse("a reshape to N×" + std::to_string(values), shape_text(shape));
  return flatten();
}

bool Translator::squeeze() {
  int input;
  std::vector<std::int64_t> over;
  if (!value_input(0, input) || !axes(over)) return false;
  const std::vector<std::int64_t> sides = {2, 3};
  const Shape& shape = shape_of(input);
  if (graph_.values[input].flat || over != sides || shape.height * shape.width != 1) {
    return refuse("a squeeze of height and width 1", "another");
  }
  return flatten();
}

bool Translator::slice() {
  int input;
  if (!value_input(0, input)) return false;
  std::vector<std::int64_t> starts, ends, over, steps;
  if (attribute("starts")) {
    const auto list = [&](const char* name) { return attribute(name) ? attribute(name)->numbers : starts; };
    starts = list("starts"), ends = list("ends"), over = list("axes");
    if (!attribute("axes")) return refuse("axes", "none");
  } else {
    if (!integers_input(1, starts) || !integers_input(2, ends) || !integers_input(3, over)) return false;
    if (has_input(4) && !integers_input(4, steps)) return false;
  }
  const Shape from = shape_of(input);
  if (graph_.values[input].flat || starts.size() != over.size() || ends.size() != over.size()) {
    return refuse("a slice of a picture", "another");
  }
  if (std::any_of(steps.begin(), steps.end(), [](std::int64_t step) { return step != 1; })) {
    return refuse("steps of 1", "others");
  }
  Layer layer;
  layer.op = Op::kCrop;
  layer.inputs = {input};
  Shape output = from;
  for (std::size_t i = 0; i < over.size(); ++i) {
    const std::int64_t axis = over[i] < 0 ? over[i] + 4 : over[i];
    if (axis != 2 && axis != 3) return refuse("a slice of height and width", "axis " + std::to_string(axis));
    const int side = axis == 2 ? from.height : from.width;
    const auto place = [&](std::int64_t at) {
      return static_cast<int>(std::clamp<std::int64_t>(at < 0 ? at + side : at, 0, side));
    };
    const int begin = place(starts[i]), end = place(ends[i]);
    if (begin >= end) return refuse("a slice of something", "none", Problem::kCorrupt);
    if (axis == 2) layer.window.top = begin, output.height = end - begin;
    if (axis == 3) layer.window.left = begin, output.width = end - begin;
  }
  return add_layer(std::move(layer), output, false);
}

bool Translator::pad() {
  int input;
  std::vector<std::int64_t> pads;
  if (!value_input(0, input)) return false;
  const OnnxAttribute* mode = attribute("mode");
  float value = real("value", 0);
  if (const OnnxAttribute* given = attribute("pads")) {
    pads = given->numbers;
  } else if (!integers_input(1, pads)) {
    return false;
  }
  if (has_input(2)) {
    std::vector<float> filled;
    if (!floats_input(2, filled)) return false;
    value = filled.size() == 1 ? filled[0] : 1;
  }
  if ((mode && mode->text != "constant") || value != 0 || has_input(3) || graph_.values[input].flat) {
    return refuse("a picture padded with zeros", "another pad");
  }
  if (pads.size() != 8 || pads[0] != 0 || pads[1] != 0 || pads[4] != 0 || pads[5] != 0) {
    return refuse("pads of height and width", "others");
  }
  for (const std::int64_t one : pads) {
    if (one < 0 || one > kMaxSide) return refuse("pads from 0 to " + std::to_string(kMaxSide), std::to_string(one));
  }
  Layer layer;
  layer.op = Op::kPad;
  layer.inputs = {input};
  const auto side = [&](std::size_t i) { return static_cast<int>(pads[i]); };
  layer.window.top = side(2), layer.window.left = side(3), layer.window.bottom = side(6), layer.window.right = side(7);
  Shape output = shape_of(input);
  output.height += side(2) + side(6), output.width += side(3) + side(7);
  if (output.height > kMaxSide || output.width > kMaxSide) {
    return refuse("sides of at most " + std::to_string(kMaxSide), "longer ones", Problem::kTooLarge);
  }
  return add_layer(std::move(layer), output, false);
}

// To a whole multiple of the size, by the nearest value.
bool Translator::resize() {
  int input;
  std::vector<float> scales;
  if (!value_input(0, input) || !floats_input(file_.opset < 11 ? 1 : 2, scales)) return false;
  const auto text = [&](const char* name, const char* otherwise) {
    return attribute(name) ? attribute(name)->text : std::string(otherwise);
  };
  const std::string place = text("coordinate_transformation_mode", file_.opset < 11 ? "asymmetric" : "half_pixel");
  const std::string nearest = text("nearest_mode", file_.opset < 11 ? "floor" : "round_prefer_floor");
  const bool each_alike =
      (place == "asymmetric" && nearest == "floor") || (place == "half_pixel" && nearest == "round_prefer_floor");
  if (text("mode", "nearest") != "nearest" || !each_alike) return refuse("a resize to the nearest", "another");
  const auto factor = scales.size() == 4 ? scales[2] : 0.0f;
  if (graph_.values[input].flat || scales.size() != 4 || scales[0] != 1 || scales[1] != 1 || scales[3] != factor ||
      !(factor >= 1 && factor <= 64) || factor != static_cast<float>(static_cast<int>(factor))) {
    return refuse("whole multiples of height and width", "others");
  }
  Layer layer;
  layer.op = Op::kEnlarge;
  layer.inputs = {input};
  layer.factor = static_cast<int>(factor);
  Shape output = shape_of(input);
  output.height *= layer.factor, output.width *= layer.factor;
  if (output.height > kMaxSide || output.width > kMaxSide) {
    return refuse("sides of at most " + std::to_string(kMaxSide), "longer ones", Problem::kTooLarge);
  }
  return add_layer(std::move(layer), output, false);
}

}  // namespace catdog::network
