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

void add_window(onnx::NodeProto& node, const Layer& layer) {
  add_ints(node, "kernel_shape", {layer.kernel, layer.kernel});
  add_ints(node, "strides", {layer.stride, layer.stride});
  add_ints(node, "pads", {layer.padding, layer.padding, layer.padding, layer.padding});
}

void add_initializer(onnx::GraphProto& graph, const std::string& name, const Array& array) {
  onnx::TensorProto& tensor = *graph.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  for (const std::int64_t side : array.shape) tensor.add_dims(side);
  tensor.set_raw_data(array.values.data(), array.values.size() * sizeof(float));  // little-endian, as ONNX wants
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
    case Op::kMaxPool: return "MaxPool";
    case Op::kAveragePool: return "AveragePool";
    case Op::kGlobalAveragePool: return "GlobalAveragePool";
    case Op::kAdd: return "Add";
    case Op::kLinear: return "Gemm";
    case Op::kBatchNorm:
    case Op::kDropout: break;
  }
  throw std::logic_error("expected a network that is ready for export, found a layer that must be folded first");
}

void write_layer(onnx::GraphProto& graph, const PlainNetwork& network, std::size_t index) {
  const Layer& layer = network.spec.layers[index];
  const auto output_of = [](int at) {
    return at == Layer::kInput ? std::string(kOnnxInput) : "v" + std::to_string(at);
  };
  const std::string output = output_of(static_cast<int>(index));
  onnx::NodeProto& node = *graph.add_node();
  node.set_op_type(onnx_name(layer.op));
  node.set_name(layer.name.empty() ? output : layer.name);
  for (const int input : layer.inputs) node.add_input(output_of(input));
  node.add_output(output);
  if (layer.op == Op::kConv || layer.op == Op::kMaxPool || layer.op == Op::kAveragePool) add_window(node, layer);
  if (layer.op == Op::kConv) add_int(node, "group", layer.groups);
  if (layer.op == Op::kLinear) add_int(node, "transB", 1);
  if (layer.op == Op::kConv || layer.op == Op::kLinear) {
    for (const char* part : {".weight", ".bias"}) {
      const auto found = network.weights.find(layer.name + part);
      if (found == network.weights.end()) continue;
      node.add_input(found->first);
      add_initializer(graph, found->first, found->second);
    }
  }
  if (layer.op == Op::kGlobalAveragePool) {  // N×C×1×1 → N×C
    node.set_output(0, output + "_pooled");
    onnx::NodeProto& flatten = *graph.add_node();
    flatten.set_op_type("Flatten");
    flatten.set_name(output + "_flatten");
    flatten.add_input(output + "_pooled");
    flatten.add_output(output);
    add_int(flatten, "axis", 1);
  }
}

}  // namespace

std::string write_onnx(const PlainNetwork& network, int size, const std::map<std::string, std::string>& notes) {
  onnx::ModelProto model;
  model.set_ir_version(kOnnxIrVersion);
  model.set_producer_name("catdog");
  onnx::OperatorSetIdProto& opset = *model.add_opset_import();
  opset.set_domain("");
  opset.set_version(kOnnxOpset);
  onnx::GraphProto& graph = *model.mutable_graph();
  graph.set_name(network.spec.name);
  describe_tensor(*graph.add_input(), kOnnxInput, {3, size, size});
  describe_tensor(*graph.add_output(), kOnnxOutput, {network.spec.classes});
  for (std::size_t i = 0; i < network.spec.layers.size(); ++i) write_layer(graph, network, i);

  onnx::NodeProto& softmax = *graph.add_node();
  softmax.set_op_type("Softmax");
  softmax.set_name("softmax");
  softmax.add_input("v" + std::to_string(network.spec.layers.size() - 1));
  softmax.add_output(kOnnxOutput);
  add_int(softmax, "axis", 1);

  for (const auto& [key, value] : notes) {
    onnx::StringStringEntryProto& note = *model.add_metadata_props();
    note.set_key(key);
    note.set_value(value);
  }
  return model.SerializeAsString();
}

}  // namespace catdog
