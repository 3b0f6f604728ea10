// Operators that treat each value by itself.
#include <cmath>
#include <utility>

#include "translator.h"

namespace catdog::network {

bool Translator::relu() {
  Layer layer;
  layer.op = Op::kClamp;
  layer.low = 0;
  layer.inputs.resize(1);
  if (!value_input(0, layer.inputs[0])) return false;
  const Value& value = graph_.values[layer.inputs[0]];
  return add_layer(std::move(layer), value.shape, value.flat);
}

bool Translator::clip() {
  Layer layer;
  layer.op = Op::kClamp;
  layer.inputs.resize(1);
  if (!value_input(0, layer.inputs[0])) return false;
  const auto bound = [&](std::size_t index, const char* name, float& limit) {
    limit = real(name, limit);
    if (!has_input(index)) return true;
    std::vector<float> values;
    if (!floats_input(index, values)) return false;
    if (values.size() != 1) return refuse("one number as " + std::string(name), std::to_string(values.size()));
    limit = values[0];
    return true;
  };
  if (!bound(1, "min", layer.low) || !bound(2, "max", layer.high)) return false;
  if (!(layer.low <= layer.high)) return refuse("min at most max", "another order", Problem::kCorrupt);
  const Value& value = graph_.values[layer.inputs[0]];
  return add_layer(std::move(layer), value.shape, value.flat);
}

bool Translator::affine(int input, std::vector<float> scale, std::vector<float> bias) {
  Layer layer;
  layer.op = Op::kAffine;
  layer.inputs = {input};
  layer.scale = std::move(scale);
  layer.bias = std::move(bias);
  return add_layer(std::move(layer), shape_of(input), graph_.values[input].flat);
}

bool Translator::batch_norm() {
  int input;
  std::vector<float> scale, bias, mean, variance;
  if (!value_input(0, input) || !floats_input(1, scale) || !floats_input(2, bias) || !floats_input(3, mean) ||
      !floats_input(4, variance)) {
    return false;
  }
  if (number("training_mode", 0) != 0 || number("spatial", 1) != 1) return refuse("fixed statistics", "others");
  const auto channels = static_cast<std::size_t>(shape_of(input).channels);
  const bool per_channel = !graph_.values[input].flat || shape_of(input).values() == shape_of(input).channels;
  for (const auto* list : {&scale, &bias, &mean, &variance}) {
    if (list->size() != channels || !per_channel) {
      return refuse(std::to_string(channels) + " statistics", std::to_string(list->size()), Problem::kCorrupt);
    }
  }
  const double epsilon = real("epsilon", 1e-5f);
  for (std::size_t i = 0; i < channels; ++i) {
    const double factor = scale[i] / std::sqrt(variance[i] + epsilon);
    bias[i] = static_cast<float>(bias[i] - mean[i] * factor);
    scale[i] = static_cast<float>(factor);
    if (!std::isfinite(scale[i]) || !std::isfinite(bias[i])) {
      return refuse("statistics of a deviation", "a variance of " + std::to_string(variance[i]), Problem::kCorrupt);
    }
  }
  return affine(input, std::move(scale), std::move(bias));
}

// Of two values (sums only), or of a value and a constant for each channel.
bool Translator::arithmetic(char sign) {
  const bool first = constant_input(0), second = constant_input(1);
  int input;
  if (!first && !second) {
    int other;
    if (!value_input(0, input) || !value_input(1, other)) return false;
    if (sign != '+') return refuse("a constant operand", "two values");
    if (!(shape_of(input) == shape_of(other)) || graph_.values[input].flat != graph_.values[other].flat) {
      return refuse("operands of one shape", "others");
    }
    Layer layer;
    layer.op = Op::kAdd;
    layer.inputs = {input, other};
    return add_layer(std::move(layer), shape_of(input), graph_.values[input].flat);
  }
  const std::size_t at = first ? 0 : 1;
  std::vector<float> operand;
  if (!value_input(1 - at, input) || !floats_input(at, operand)) return false;
  const Value& value = graph_.values[input];
  const bool spatial = value.shape.height * value.shape.width > 1;
  const auto channels = static_cast<std::size_t>(value.shape.channels);
  // The constant's sides as ONNX broadcasts them: only the channels' may be other than 1.
  const std::vector<std::int64_t>& shape = constant_input(at)->shape;
  const std::size_t rank = value.flat ? 2 : 4;
  if (shape.size() > rank || (value.flat && spatial)) return refuse("a constant for each channel", shape_text(shape));
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool of_channels = rank - shape.size() + i == 1;
    if (shape[i] != 1 && !(of_channels && shape[i] == value.shape.channels)) {
      return refuse("a constant for each channel", shape_text(shape));
    }
  }
  if (operand.empty()) return refuse("a constant for each channel", "none");
  if (operand.size() == 1) operand.assign(channels, operand[0]);
  std::vector<float> scale(channels, 1.0f), bias(channels, 0.0f);
  for (std::size_t i = 0; i < channels; ++i) {
    const float number = operand[i];
    if (sign == '+') bias[i] = number;
    if (sign == '-') bias[i] = first ? number : -number, scale[i] = first ? -1.0f : 1.0f;
    if (sign == '*') scale[i] = number;
    if (sign == '/') {
      if (first || number == 0) return refuse("a divisor other than zero", first ? "a value" : "zero");
      scale[i] = 1.0f / number;
    }
  }
  return affine(input, std::move(scale), std::move(bias));
}

bool Translator::softmax() {
  Layer layer;
  layer.op = Op::kSoftmax;
  layer.inputs.resize(1);
  if (!value_input(0, layer.inputs[0])) return false;
  const Value& value = graph_.values[layer.inputs[0]];
  const std::int64_t axis = number("axis", file_.opset < 13 ? 1 : -1);
  if (!value.flat || (axis != 1 && axis != -1)) return refuse("a softmax over N×classes", "another");
  return add_layer(std::move(layer), value.shape, true);
}

bool Translator::sigmoid() {
  Layer layer;
  layer.op = Op::kSigmoid;
  layer.inputs.resize(1);
  if (!value_input(0, layer.inputs[0])) return false;
  const Value& value = graph_.values[layer.inputs[0]];
  if (!value.flat) return refuse("a sigmoid of N×values", "one of a picture");
  return add_layer(std::move(layer), value.shape, true);
}

}  // namespace catdog::network
