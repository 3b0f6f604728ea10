#include "training/onnx_writer.h"

#include <onnx/onnx_pb.h>

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

std::string output_of(int layer) {
  return layer == Layer::kInput ? std::string(kOnnxInput) : "v" + std::to_string(layer);
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

// scale · x + shift, as a convolution with one pixel for each channel: one pass over the picture.
void write_affine(onnx::GraphProto& graph, const Layer& layer, const std::string& input, const std::string& output) {
  const auto channels = static_cast<std::size_t>(layer.out);
  const std::string weight = add_initializer(graph, output + ".scale", {layer.out, 1, 1, 1},
                                             std::vector<float>(channels, static_cast<float>(layer.scale)));
  const std::string bias = add_initializer(graph, output + ".shift", {layer.out},
                                           std::vector<float>(channels, static_cast<float>(layer.shift)));
  onnx::NodeProto& node = add_node(graph, "Conv", input, output);
  node.add_input(weight);
  node.add_input(bias);
  add_ints(node, "kernel_shape", {1, 1});
  add_int(node, "group", layer.out);
}

// `side`: of the picture that the layer reads.
void write_layer(onnx::GraphProto& graph, const PlainNetwork& network, std::size_t index, int side) {
  const Layer& layer = network.spec.layers[index];
  const std::string output = output_of(static_cast<int>(index)), input = output_of(layer.inputs[0]);
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
  for (std::size_t i = 1; i < layer.inputs.size(); ++i) node.add_input(output_of(layer.inputs[i]));
  for (const std::string& parameter : parameters) node.add_input(parameter);
  if (layer.op == Op::kConv || layer.op == Op::kMaxPool || layer.op == Op::kAveragePool) add_window(node, layer, side);
  if (layer.op == Op::kConv) add_int(node, "group", layer.groups);
  if (layer.op == Op::kLinear) add_int(node, "transB", 1);
  if (layer.op == Op::kRelu6) add_float(node, "min", 0), add_float(node, "max", 6);
}

// The layer whose averages the classes' head reads.
int pooled_layer(const NetworkSpec& spec) { return spec.layers[spec.logits].inputs[0]; }

void write_map(onnx::GraphProto& graph, const PlainNetwork& network) {
  const NetworkSpec& spec = network.spec;
  const Layer& head = spec.layers[spec.logits];
  const Array& weight = network.weights.at(head.name + ".weight");
  const std::string wide = add_initializer(graph, "map.weight", {head.out, head.in, 1, 1}, weight.values);
  onnx::NodeProto& node = add_node(graph, "Conv", output_of(spec.layers[pooled_layer(spec)].inputs[0]), kOnnxMap);
  node.add_input(wide);
  add_ints(node, "kernel_shape", {1, 1});
  onnx::ValueInfoProto& value = *graph.add_output();
  describe_tensor(value, kOnnxMap, {head.out});
  for (const char* side : {"h", "w"}) {
    value.mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim()->set_dim_param(side);
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
  const std::vector<int> sides = sides_of(spec, size);
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const int from = spec.layers[i].inputs[0];
    write_layer(graph, network, i, from == Layer::kInput ? size : sides[from]);
  }

  add_int(add_node(graph, "Softmax", output_of(spec.logits), kOnnxOutput), "axis", 1);
  describe_tensor(*graph.add_output(), kOnnxOutput, {spec.classes});
  if (spec.presence != NetworkSpec::kNone) {
    add_node(graph, "Sigmoid", output_of(spec.presence), kOnnxPresence);
    describe_tensor(*graph.add_output(), kOnnxPresence, {1});
  }
  if (has_map(spec)) write_map(graph, network);

  for (const auto& [key, value] : notes) {
    onnx::StringStringEntryProto& note = *model.add_metadata_props();
    note.set_key(key);
    note.set_value(value);
  }
  return model.SerializeAsString();
}

}  // namespace catdog
