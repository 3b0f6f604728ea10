#include "training/network/onnx_writer.h"

#include <onnx/onnx_pb.h>

#include <cmath>
#include <stdexcept>

namespace catdog {
namespace {

void add_ints(onnx::NodeProto& node, const char* name, std::initializer_list<int> values) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INTS);
  for (const int value : values) attribute.add_ints(value);
}

void add_int(onnx::NodeProto& node, const char* name, int value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(value);
}

void add_window(onnx::NodeProto& node, const Layer& layer, int side) {
  add_ints(node, "kernel_shape", {layer.kernel, layer.kernel});
  add_ints(node, "strides", {layer.stride, layer.stride});
  const auto [before, after] = padding_of(layer, side);
  add_ints(node, "pads", {before, before, after, after});
}

void add_float(onnx::NodeProto& node, const char* name, float value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::FLOAT);
  attribute.set_f(value);
}

void add_text(onnx::NodeProto& node, const char* name, const char* value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::STRING);
  attribute.set_s(value);
}

// Stored in half precision and widened by a Cast, which engines do once, when they load the model. Gives the name of
// the wide tensor.
std::string add_initializer(onnx::GraphProto& graph, const std::string& name, const std::vector<std::int64_t>& shape,
                            const std::vector<float>& values) {
  onnx::TensorProto& tensor = *graph.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT16);
  for (const std::int64_t side : shape) tensor.add_dims(side);
  std::string raw;  // little-endian, as ONNX wants
  for (const float value : values) {
    const std::uint16_t half = to_half(value);
    raw.push_back(static_cast<char>(half & 0xFF));
    raw.push_back(static_cast<char>(half >> 8));
  }
  tensor.set_raw_data(std::move(raw));
  onnx::NodeProto& cast = *graph.add_node();
  cast.set_op_type("Cast");
  cast.set_name(name + ".widen");
  cast.add_input(name);
  cast.add_output(name + ".wide");
  add_int(cast, "to", onnx::TensorProto::FLOAT);
  return name + ".wide";
}

void describe_tensor(onnx::ValueInfoProto& value, const char* name, std::initializer_list<int> sides) {
  value.set_name(name);
  onnx::TypeProto::Tensor& type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  type.mutable_shape()->add_dim()->set_dim_param("N");
  for (const int side : sides) type.mutable_shape()->add_dim()->set_dim_value(side);
}

const char* onnx_name(Op op) {
  switch (op) {
    case Op::kConv: return "Conv";
    case Op::kRelu: return "Relu";
    case Op::kRelu6: return "Clip";
    case Op::kMaxPool: return "MaxPool";
    case Op::kAveragePool: return "AveragePool";
    case Op::kGlobalAveragePool: return "GlobalAveragePool";
    case Op::kAdd: return "Add";
    case Op::kLinear: return "Gemm";
    case Op::kAffine:
    case Op::kBatchNorm:
    case Op::kDropout: break;
  }
  throw std::logic_error("expected a network that is ready for export, found a layer that must be folded first");
}

constexpr const char* kSeen = "seen";  // the photo without its margin

// What layers read where they read the photo, or another layer.
std::string output_of(const NetworkSpec& spec, int layer) {
  if (layer != Layer::kInput) return "v" + std::to_string(layer);
  return spec.margin > 0 ? kSeen : kOnnxInput;
}

onnx::NodeProto& add_node(onnx::GraphProto& graph, const char* type, const std::string& input,
                          const std::string& output) {
  onnx::NodeProto& node = *graph.add_node();
  node.set_op_type(type);
  node.set_name(output + "_" + type);
  node.add_input(input);
  node.add_output(output);
  return node;
}

// Numbers that are few and shift the whole picture: in single precision.
std::string add_exact(onnx::GraphProto& graph, const std::string& name, const std::vector<std::int64_t>& shape,
                      float value, std::size_t count) {
  onnx::TensorProto& tensor = *graph.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  for (const std::int64_t side : shape) tensor.add_dims(side);
  for (std::size_t i = 0; i < count; ++i) tensor.add_float_data(value);
  return name;
}

// scale · x + shift, as a convolution with one pixel for each channel: one pass over the picture.
void write_affine(onnx::GraphProto& graph, const Layer& layer, const std::string& input, const std::string& output) {
  const auto channels = static_cast<std::size_t>(layer.out);
  const std::string weight =
      add_exact(graph, output + ".scale", {layer.out, 1, 1, 1}, static_cast<float>(layer.scale), channels);
  const std::string bias = add_exact(graph, output + ".shift", {layer.out}, static_cast<float>(layer.shift), channels);
  onnx::NodeProto& node = add_node(graph, "Conv", input, output);
  node.add_input(weight);
  node.add_input(bias);
  add_ints(node, "kernel_shape", {1, 1});
  add_int(node, "group", layer.out);
}

// `side`: of the picture that the layer reads.
void write_layer(onnx::GraphProto& graph, const PlainNetwork& network, std::size_t index, int side) {
  const NetworkSpec& spec = network.spec;
  const Layer& layer = spec.layers[index];
  const std::string output = output_of(spec, static_cast<int>(index)), input = output_of(spec, layer.inputs[0]);
  if (layer.op == Op::kAffine) return write_affine(graph, layer, input, output);
  std::vector<std::string> parameters;
  if (layer.op == Op::kConv || layer.op == Op::kLinear) {
    for (const char* part : {".weight", ".bias"}) {
      const auto found = network.weights.find(layer.name + part);
      if (found == network.weights.end()) continue;
      parameters.push_back(add_initializer(graph, found->first, found->second.shape, found->second.values));
    }
  }
  if (layer.op == Op::kGlobalAveragePool) {  // N×C×1×1 → N×C
    add_node(graph, "GlobalAveragePool", input, output + "_pooled");
    add_int(add_node(graph, "Flatten", output + "_pooled", output), "axis", 1);
    return;
  }
  onnx::NodeProto& node = add_node(graph, onnx_name(layer.op), input, output);
  for (std::size_t i = 1; i < layer.inputs.size(); ++i) node.add_input(output_of(spec, layer.inputs[i]));
  for (const std::string& parameter : parameters) node.add_input(parameter);
  if (layer.op == Op::kConv || layer.op == Op::kMaxPool || layer.op == Op::kAveragePool) add_window(node, layer, side);
  if (layer.op == Op::kConv) add_int(node, "group", layer.groups);
  if (layer.op == Op::kLinear) add_int(node, "transB", 1);
  if (layer.op == Op::kRelu6) add_float(node, "min", 0), add_float(node, "max", 6);
}

// A tensor of whole numbers that a node reads.
std::string add_numbers(onnx::GraphProto& graph, const std::string& name, std::initializer_list<int> values) {
  onnx::TensorProto& tensor = *graph.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::INT64);
  tensor.add_dims(static_cast<std::int64_t>(values.size()));
  for (const int value : values) tensor.add_int64_data(value);
  return name;
}

void write_centre_crop(onnx::GraphProto& graph, int margin, int size) {
  onnx::NodeProto& node = add_node(graph, "Slice", kOnnxInput, kSeen);
  node.add_input(add_numbers(graph, "seen.from", {margin, margin}));
  node.add_input(add_numbers(graph, "seen.to", {size - margin, size - margin}));
  node.add_input(add_numbers(graph, "seen.axes", {2, 3}));
}

// A map of what the network looked at becomes one of the whole photo, zero at its margin: finer, so that the margin has
// its share of the cells but for an eighth of one, and smoothed, which makes the steps between cells slopes.
void write_margin(onnx::GraphProto& graph, const std::string& map, int margin, int size, int side) {
  constexpr int kFiner = 4;
  onnx::TensorProto& scales = *graph.add_initializer();
  scales.set_name("map.finer");
  scales.set_data_type(onnx::TensorProto::FLOAT);
  scales.add_dims(4);
  for (const int scale : {1, 1, kFiner, kFiner}) scales.add_float_data(static_cast<float>(scale));
  onnx::NodeProto& finer = add_node(graph, "Resize", map, map + ".fine");
  finer.add_input(scales.name());
  add_text(finer, "mode", "nearest");
  const int cells = static_cast<int>(std::lround(static_cast<double>(margin) * kFiner * side / (size - 2 * margin)));
  onnx::NodeProto& padded = add_node(graph, "Pad", map + ".fine", map + ".whole");
  add_text(padded, "mode", "constant");
  add_ints(padded, "pads", {0, 0, cells, cells, 0, 0, cells, cells});
  onnx::NodeProto& smooth = add_node(graph, "AveragePool", map + ".whole", kOnnxMap);
  constexpr int kReach = kFiner / 2, kWindow = 2 * kReach + 1;
  add_ints(smooth, "kernel_shape", {kWindow, kWindow});
  add_ints(smooth, "strides", {1, 1});
  add_ints(smooth, "pads", {kReach, kReach, kReach, kReach});
}

// The layer whose averages the classes' head reads.
int pooled_layer(const NetworkSpec& spec) { return spec.layers[spec.logits].inputs[0]; }

// `size`: of the photo; `side`: of the map.
void write_map(onnx::GraphProto& graph, const PlainNetwork& network, int size, int side) {
  const NetworkSpec& spec = network.spec;
  const Layer& head = spec.layers[spec.logits];
  const Array& weight = network.weights.at(head.name + ".weight");
  const std::string wide = add_initializer(graph, "map.weight", {head.out, head.in, 1, 1}, weight.values);
  const std::string map = spec.margin > 0 ? "map.seen" : kOnnxMap;
  onnx::NodeProto& node = add_node(graph, "Conv", output_of(spec, spec.layers[pooled_layer(spec)].inputs[0]), map);
  node.add_input(wide);
  add_ints(node, "kernel_shape", {1, 1});
  if (spec.margin > 0) write_margin(graph, map, spec.margin, size, side);
  onnx::ValueInfoProto& value = *graph.add_output();
  describe_tensor(value, kOnnxMap, {head.out});
  for (const char* length : {"h", "w"}) {
    value.mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim()->set_dim_param(length);
  }
}

}  // namespace

bool has_map(const NetworkSpec& spec) {
  int layer = spec.layers[spec.logits].inputs[0];
  while (layer != Layer::kInput && spec.layers[layer].op == Op::kDropout) layer = spec.layers[layer].inputs[0];
  return layer != Layer::kInput && spec.layers[layer].op == Op::kGlobalAveragePool;
}

std::string write_onnx(const PlainNetwork& network, int size, const std::map<std::string, std::string>& notes) {
  const NetworkSpec& spec = network.spec;
  onnx::ModelProto model;
  model.set_ir_version(kOnnxIrVersion);
  model.set_producer_name("catdog");
  onnx::OperatorSetIdProto& opset = *model.add_opset_import();
  opset.set_domain("");
  opset.set_version(kOnnxOpset);
  onnx::GraphProto& graph = *model.mutable_graph();
  graph.set_name(spec.name);
  describe_tensor(*graph.add_input(), kOnnxInput, {3, size, size});
  const int seen = size - 2 * spec.margin;
  if (spec.margin > 0) write_centre_crop(graph, spec.margin, size);
  const std::vector<int> sides = sides_of(spec, seen);
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const int from = spec.layers[i].inputs[0];
    write_layer(graph, network, i, from == Layer::kInput ? seen : sides[from]);
  }

  add_int(add_node(graph, "Softmax", output_of(spec, spec.logits), kOnnxOutput), "axis", 1);
  describe_tensor(*graph.add_output(), kOnnxOutput, {spec.classes});
  if (spec.presence != NetworkSpec::kNone) {
    add_node(graph, "Sigmoid", output_of(spec, spec.presence), kOnnxPresence);
    describe_tensor(*graph.add_output(), kOnnxPresence, {1});
  }
  if (has_map(spec)) write_map(graph, network, size, sides[spec.layers[pooled_layer(spec)].inputs[0]]);

  for (const auto& [key, value] : notes) {
    onnx::StringStringEntryProto& note = *model.add_metadata_props();
    note.set_key(key);
    note.set_value(value);
  }
  return model.SerializeAsString();
}

}  // namespace catdog
