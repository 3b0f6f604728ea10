// The operators that are known, and those with weights.
#include <algorithm>
#include <utility>

#include "translator.h"

namespace catdog::network {

const Translator::Entry* Translator::find_entry(const std::string& type) {
  static constexpr Entry kEntries[] = {
      {"Add", &Translator::add, ""},
      {"AveragePool", &Translator::average_pool,
       " auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides "},
      {"BatchNormalization", &Translator::batch_norm, " epsilon momentum spatial training_mode "},
      {"Cast", &Translator::cast, " to saturate "},
      {"Clip", &Translator::clip, " min max "},
      {"Constant", &Translator::constant, " value "},
      {"Conv", &Translator::conv, " auto_pad dilations group kernel_shape pads strides "},
      {"Div", &Translator::divide, ""},
      {"Dropout", &Translator::same, " ratio seed "},
      {"Flatten", &Translator::flatten, " axis "},
      {"Gemm", &Translator::gemm, " alpha beta transA transB "},
      {"GlobalAveragePool", &Translator::global_average_pool, ""},
      {"Identity", &Translator::same, ""},
      {"MatMul", &Translator::matmul, ""},
      {"MaxPool", &Translator::max_pool, " auto_pad ceil_mode dilations kernel_shape pads storage_order strides "},
      {"Mul", &Translator::multiply, ""},
      {"Pad", &Translator::pad, " mode pads value "},
      {"ReduceMean", &Translator::reduce_mean, " axes keepdims noop_with_empty_axes "},
      {"Relu", &Translator::relu, ""},
      {"Reshape", &Translator::reshape, " allowzero "},
      {"Resize", &Translator::resize,
       " mode coordinate_transformation_mode nearest_mode cubic_coeff_a exclude_outside extrapolation_value antialias "
       "keep_aspect_ratio_policy "},
      {"Sigmoid", &Translator::sigmoid, ""},
      {"Slice", &Translator::slice, " starts ends axes "},
      {"Softmax", &Translator::softmax, " axis "},
      {"Squeeze", &Translator::squeeze, " axes "},
      {"Sub", &Translator::subtract, ""},
  };
  for (const Entry& entry : kEntries) {
    if (type == entry.type) return &entry;
  }
  return nullptr;
}

bool Translator::constant() {
  const OnnxAttribute* value = attribute("value");
  if (!value || value->tensor.empty()) return refuse("the attribute 'value'", "none");
  constants_[node_->outputs[0]] = &value->tensor[0];
  return true;
}

// Of a constant: floats are widened when they are read.
bool Translator::cast() {
  if (number("to", 0) != static_cast<int>(DataType::kFloat32)) return refuse("a cast to float32", "another");
  const OnnxConstant* constant = constant_input(0);
  if (!constant) return same();
  const auto type = static_cast<DataType>(constant->type);
  if (type != DataType::kFloat32 && type != DataType::kFloat16 && type != DataType::kDouble) {
    return refuse("a cast of floats", "data type " + std::to_string(constant->type));
  }
  constants_[node_->outputs[0]] = constant;
  return true;
}

bool Translator::same() {
  if (node_->outputs.size() > 1 && !node_->outputs[1].empty()) return refuse("one output", "several");
  if (const OnnxConstant* constant = constant_input(0)) {
    constants_[node_->outputs[0]] = constant;
    return true;
  }
  int input;
  return value_input(0, input) && alias(input);
}

bool Translator::conv() {
  int input;
  if (!value_input(0, input)) return false;
  const Shape& from = shape_of(input);
  const OnnxConstant* filter = constant_input(1);
  if (!filter || filter->shape.size() != 4) return refuse("constant weights of 4 dimensions", "others");
  const std::vector<std::int64_t> shape = filter->shape;
  const std::int64_t groups = number("group", 1);
  if (graph_.values[input].flat || groups < 1 || groups > from.channels || from.channels % groups != 0 ||
      shape[1] != from.channels / groups || shape[0] < 1 || shape[0] % groups != 0 || shape[0] > kMaxChannels ||
      shape[2] < 1 || shape[3] < 1 || shape[2] > kMaxSide || shape[3] > kMaxSide) {
    return refuse(
        "weights that fit " + std::to_string(from.channels) + " channels in " + std::to_string(groups) + " groups",
        shape_text(shape), Problem::kCorrupt);
  }
  Layer layer;
  layer.inputs = {input};
  Shape output{static_cast<int>(shape[0])};
  if (!read_window(from, static_cast<int>(shape[2]), static_cast<int>(shape[3]), layer.window, output)) return false;
  if (layer.window.kernel_h != shape[2] || layer.window.kernel_w != shape[3]) {
    return refuse("a kernel_shape as the weights'", "another", Problem::kCorrupt);
  }
  if (!floats_input(1, layer.weights)) return false;
  layer.bias.assign(static_cast<std::size_t>(shape[0]), 0.0f);
  if (has_input(2)) {
    if (!floats_input(2, layer.bias)) return false;
    if (layer.bias.size() != static_cast<std::size_t>(shape[0])) {
      return refuse("one bias for each channel", std::to_string(layer.bias.size()), Problem::kCorrupt);
    }
  }
  return grouped_conv(std::move(layer), shape, static_cast<int>(groups), output);
}

// Depthwise convolutions have kernels of their own; other groups become one dense convolution with zeros between them.
bool Translator::grouped_conv(Layer&& layer, const std::vector<std::int64_t>& shape, int groups, const Shape& output) {
  const Window& window = layer.window;
  const int in = static_cast<int>(shape[1]) * groups, out = static_cast<int>(shape[0]);
  layer.op = Op::kConv;
  if (groups > 1 && groups == in && out == in) {
    const bool pointwise = window.kernel_h == 1 && window.kernel_w == 1 && window.stride_h == 1 &&
                           window.stride_w == 1 && window.top + window.left + window.bottom + window.right == 0;
    if (pointwise) return affine(layer.inputs[0], std::move(layer.weights), std::move(layer.bias));
    layer.op = Op::kDepthwise;
    return add_layer(std::move(layer), output, false);
  }
  if (groups > 1) {
    const std::size_t filter = static_cast<std::size_t>(shape[2] * shape[3]);
    const std::size_t own = filter * static_cast<std::size_t>(shape[1]), row = filter * in;
    if (row * out > static_cast<std::size_t>(kMaxValues)) return refuse("fewer groups", std::to_string(groups));
    std::vector<float> wide(row * out);
    for (int o = 0; o < out; ++o) {
      const std::size_t group = static_cast<std::size_t>(o / (out / groups));
      std::copy_n(layer.weights.begin() + static_cast<std::ptrdiff_t>(own * o), own,
                  wide.begin() + static_cast<std::ptrdiff_t>(row * o + own * group));
    }
    layer.weights = std::move(wide);
  }
  return add_layer(std::move(layer), output, false);
}

bool Translator::gemm() {
  int input;
  std::vector<float> weights, bias;
  const OnnxConstant* matrix = constant_input(1);
  if (!value_input(0, input) || !floats_input(1, weights)) return false;
  if (number("transA", 0) != 0) return refuse("transA 0", "1");
  if (matrix->shape.size() != 2) return refuse("a matrix", shape_text(matrix->shape));
  if (has_input(2) && !floats_input(2, bias)) return false;
  const float alpha = real("alpha", 1), beta = real("beta", 1);
  for (float& weight : weights) weight *= alpha;
  for (float& value : bias) value *= beta;
  return dense(input, std::move(weights), matrix->shape[0], matrix->shape[1], number("transB", 0) != 0,
               std::move(bias));
}

bool Translator::matmul() {
  int input;
  std::vector<float> weights;
  const OnnxConstant* matrix = constant_input(1);
  if (!value_input(0, input) || !floats_input(1, weights)) return false;
  if (matrix->shape.size() != 2) return refuse("a matrix", shape_text(matrix->shape));
  return dense(input, std::move(weights), matrix->shape[0], matrix->shape[1], false, {});
}

// `transposed`: the matrix is outputs × inputs already.
bool Translator::dense(int input, std::vector<float> weights, std::int64_t rows, std::int64_t columns, bool transposed,
                       std::vector<float> bias) {
  const std::int64_t in = transposed ? columns : rows, out = transposed ? rows : columns;
  if (!graph_.values[input].flat || in != shape_of(input).values() || out < 1 || out > kMaxChannels) {
    return refuse("a matrix for " + std::to_string(shape_of(input).values()) + " values", shape_text({rows, columns}),
                  Problem::kCorrupt);
  }
  if (bias.size() <= 1) bias.assign(static_cast<std::size_t>(out), bias.empty() ? 0.0f : bias[0]);
  if (bias.size() != static_cast<std::size_t>(out)) {
    return refuse(std::to_string(out) + " biases", std::to_string(bias.size()), Problem::kCorrupt);
  }
  if (!transposed) {
    std::vector<float> turned(weights.size());
    for (std::int64_t o = 0; o < out; ++o) {
      for (std::int64_t i = 0; i < in; ++i) turned[o * in + i] = weights[i * out + o];
    }
    weights = std::move(turned);
  }
  Layer layer;
  layer.op = Op::kDense;
  layer.inputs = {input};
  layer.weights = std::move(weights);
  layer.bias = std::move(bias);
  return add_layer(std::move(layer), {static_cast<int>(out)}, true);
}

}  // namespace catdog::network
