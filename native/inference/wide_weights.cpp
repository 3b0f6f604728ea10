#include "inference/wide_weights.h"

#include <onnx/onnx_pb.h>

#include <cmath>
#include <map>
#include <stdexcept>

namespace catdog {
namespace {

onnx::ModelProto parse(Bytes file) {
  onnx::ModelProto model;
  if (file.size > INT32_MAX || !model.ParseFromArray(file.data, static_cast<int>(file.size))) {
    throw std::runtime_error("expected an ONNX model, found other or damaged bytes");
  }
  if (!model.has_graph()) throw std::runtime_error("expected an ONNX model, found no graph in it");
  return model;
}

float from_half(unsigned half) {
  const int exponent = static_cast<int>(half >> 10 & 0x1F);
  const float fraction = static_cast<float>(half & 0x3FF);
  float magnitude = std::ldexp(fraction + 1024, exponent - 25);
  if (exponent == 0) magnitude = std::ldexp(fraction, -24);
  if (exponent == 31) magnitude = fraction == 0 ? HUGE_VALF : NAN;
  return half & 0x8000 ? -magnitude : magnitude;
}

void widen(onnx::TensorProto& tensor) {
  std::vector<float> values;
  const std::string& raw = tensor.raw_data();
  for (std::size_t i = 0; i + 1 < raw.size(); i += 2) {  // little-endian
    values.push_back(from_half(static_cast<unsigned char>(raw[i]) | static_cast<unsigned char>(raw[i + 1]) << 8));
  }
  for (const int half : tensor.int32_data()) values.push_back(from_half(static_cast<unsigned>(half) & 0xFFFF));
  tensor.clear_int32_data();
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  tensor.set_raw_data(values.data(), values.size() * sizeof(float));
}

}  // namespace

std::vector<std::uint8_t> with_wide_weights(Bytes file, const std::string& further_output) {
  onnx::ModelProto model = parse(file);
  onnx::GraphProto& graph = *model.mutable_graph();
  std::map<std::string, std::string> widened;  // what a Cast made of a weight: the weight
  for (onnx::TensorProto& weight : *graph.mutable_initializer()) {
    if (weight.data_type() != onnx::TensorProto::FLOAT16) continue;
    widen(weight);
    widened[weight.name()] = weight.name();
  }
  if (widened.empty() && further_output.empty()) return {file.data, file.data + file.size};
  if (!further_output.empty() && graph.output_size() > 0) {
    onnx::ValueInfoProto output = graph.output(0);  // OpenCV asks for a type and a shape, but does not use them
    output.set_name(further_output);
    *graph.add_output() = std::move(output);
  }
  std::vector<onnx::NodeProto> kept;
  for (onnx::NodeProto& node : *graph.mutable_node()) {
    if (node.op_type() == "Cast" && widened.count(node.input(0))) {
      widened[node.output(0)] = node.input(0);
      continue;
    }
    for (std::string& input : *node.mutable_input()) {
      if (const auto found = widened.find(input); found != widened.end()) input = found->second;
    }
    kept.push_back(std::move(node));
  }
  graph.clear_node();
  for (onnx::NodeProto& node : kept) *graph.add_node() = std::move(node);
  const std::string bytes = model.SerializeAsString();
  return {bytes.begin(), bytes.end()};
}

std::string source_of(Bytes file, const std::string& output) {
  const onnx::ModelProto model = parse(file);
  for (const onnx::NodeProto& node : model.graph().node()) {
    if (node.output_size() == 1 && node.output(0) == output && node.input_size() == 1) return node.input(0);
  }
  return {};
}

}  // namespace catdog
