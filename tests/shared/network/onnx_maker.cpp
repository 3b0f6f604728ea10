#include "onnx_maker.h"

#include <cmath>

namespace catdog {

OnnxMaker::OnnxMaker(int size, unsigned seed) : random_(seed) {
  model.set_ir_version(7);
  onnx::OperatorSetIdProto& opset = *model.add_opset_import();
  opset.set_domain("");
  opset.set_version(13);
  onnx::ValueInfoProto& photo = *model.mutable_graph()->add_input();
  photo.set_name("photo");
  onnx::TypeProto::Tensor& type = *photo.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  type.mutable_shape()->add_dim()->set_dim_param("N");
  for (const int side : {3, size, size}) type.mutable_shape()->add_dim()->set_dim_value(side);
}

onnx::NodeProto& OnnxMaker::node(const std::string& type, const std::vector<std::string>& inputs,
                                 const std::string& output) {
  onnx::NodeProto& added = *model.mutable_graph()->add_node();
  added.set_op_type(type);
  added.set_name("make " + output);
  for (const std::string& input : inputs) added.add_input(input);
  added.add_output(output);
  return added;
}

void OnnxMaker::ints(onnx::NodeProto& node, const std::string& name, const std::vector<std::int64_t>& values) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INTS);
  for (const std::int64_t value : values) attribute.add_ints(value);
}

void OnnxMaker::integer(onnx::NodeProto& node, const std::string& name, std::int64_t value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(value);
}

void OnnxMaker::real(onnx::NodeProto& node, const std::string& name, float value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::FLOAT);
  attribute.set_f(value);
}

void OnnxMaker::text(onnx::NodeProto& node, const std::string& name, const std::string& value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::STRING);
  attribute.set_s(value);
}

std::string OnnxMaker::floats(const std::string& name, const std::vector<std::int64_t>& shape,
                              const std::vector<float>& values) {
  onnx::TensorProto& tensor = *model.mutable_graph()->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  for (const std::int64_t side : shape) tensor.add_dims(side);
  for (const float value : values) tensor.add_float_data(value);
  return name;
}

std::string OnnxMaker::integers(const std::string& name, const std::vector<std::int64_t>& values) {
  onnx::TensorProto& tensor = *model.mutable_graph()->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::INT64);
  tensor.add_dims(static_cast<std::int64_t>(values.size()));
  for (const std::int64_t value : values) tensor.add_int64_data(value);
  return name;
}

std::string OnnxMaker::random(const std::string& name, const std::vector<std::int64_t>& shape, float scale) {
  std::int64_t count = 1;
  for (const std::int64_t side : shape) count *= side;
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = scale * (static_cast<float>(random_() >> 8) / static_cast<float>(1 << 23) - 1);
  return floats(name, shape, values);
}

std::string OnnxMaker::conv(const std::string& input, int in, int out, int kernel, int stride, int padding, int groups,
                            int dilation) {
  const std::string name = "conv" + std::to_string(names_++);
  const float scale = std::sqrt(6.0f / static_cast<float>(in / groups * kernel * kernel));
  onnx::NodeProto& added = node(
      "Conv",
      {input, random(name + ".weight", {out, in / groups, kernel, kernel}, scale), random(name + ".bias", {out}, 0.1f)},
      name);
  ints(added, "kernel_shape", {kernel, kernel});
  ints(added, "strides", {stride, stride});
  ints(added, "pads", {padding, padding, padding, padding});
  ints(added, "dilations", {dilation, dilation});
  integer(added, "group", groups);
  return name;
}

std::string OnnxMaker::relu6(const std::string& input) {
  const std::string name = "clip" + std::to_string(names_++);
  node("Clip", {input, floats(name + ".low", {}, {0}), floats(name + ".high", {}, {6})}, name);
  return name;
}

void OnnxMaker::finish(const std::string& features, int channels, int classes) {
  node("GlobalAveragePool", {features}, "pooled");
  integer(node("Flatten", {"pooled"}, "flat"), "axis", 1);
  integer(node("Gemm", {"flat", random("head.weight", {classes, channels}, 2), random("head.bias", {classes}, 0.1f)},
               "logits"),
          "transB", 1);
  integer(node("Softmax", {"logits"}, "probabilities"), "axis", 1);
  output("probabilities", {classes});
}

void OnnxMaker::output(const std::string& name, const std::vector<std::int64_t>& sides) {
  onnx::ValueInfoProto& value = *model.mutable_graph()->add_output();
  value.set_name(name);
  onnx::TypeProto::Tensor& type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  type.mutable_shape()->add_dim()->set_dim_param("N");
  for (const std::int64_t side : sides) {
    onnx::TensorShapeProto::Dimension& dim = *type.mutable_shape()->add_dim();
    side < 0 ? dim.set_dim_param("side") : dim.set_dim_value(side);
  }
}

void OnnxMaker::metadata(const std::string& key, const std::string& value) {
  onnx::StringStringEntryProto& entry = *model.add_metadata_props();
  entry.set_key(key);
  entry.set_value(value);
}

std::string OnnxMaker::file() const { return model.SerializeAsString(); }

Image random_picture(int size, unsigned seed) {
  std::mt19937 random(seed);
  Image picture = Image::of_size(size, size);
  // Slow waves with noise: neighbours alike, as in photos.
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < 3 * size; ++x) {
      const double wave = 128 + 90 * std::sin(0.1 * (y + seed % 7) + 0.05 * x);
      picture.row(y)[x] = static_cast<std::uint8_t>(wave + static_cast<int>(random() % 32));
    }
  }
  return picture;
}

RandomNetwork random_network(unsigned seed) {
  const int size = 17 + static_cast<int>(seed * 7 % 40);
  OnnxMaker maker(size, seed);
  int channels = 3 + maker.number(30);
  std::string x = maker.conv("photo", 3, channels, 1 + 2 * maker.number(3), 1 + maker.number(2), maker.number(3));
  x = maker.relu6(x);
  for (int block = 0; block < 3; ++block) {
    const int kernel = maker.number(2) ? 3 : 5, stride = 1 + maker.number(2);
    switch (maker.number(4)) {
      case 0:  // an inverted residual
      {
        const int wide = channels * 2 + maker.number(5);
        std::string y = maker.relu6(maker.conv(x, channels, wide, 1, 1, 0));
        y = maker.relu6(maker.conv(y, wide, wide, kernel, 1, kernel / 2, wide));
        y = maker.conv(y, wide, channels, 1, 1, 0);
        maker.node("Add", {x, y}, "sum" + std::to_string(block));
        x = "sum" + std::to_string(block);
        break;
      }
      case 1:  // depthwise, of any window
        x = maker.conv(x, channels, channels, kernel, stride, maker.number(kernel), channels, 1 + maker.number(2));
        break;
      case 2: {  // a dense one, normalised
        const int out = 4 + maker.number(40);
        x = maker.conv(x, channels, out, kernel, stride, kernel / 2);
        channels = out;
        const std::string name = "norm" + std::to_string(block);
        maker.node("BatchNormalization",
                   {x, maker.random(name + ".scale", {channels}, 1), maker.random(name + ".bias", {channels}, 0.3f),
                    maker.random(name + ".mean", {channels}, 0.3f),
                    maker.floats(name + ".variance", {channels}, std::vector<float>(channels, 0.8f))},
                   name);
        maker.node("Relu", {name}, name + ".relu");
        x = name + ".relu";
        break;
      }
      default: {  // a pool
        const std::string name = "pool" + std::to_string(block);
        onnx::NodeProto& pool = maker.node(maker.number(2) ? "MaxPool" : "AveragePool", {x}, name);
        maker.ints(pool, "kernel_shape", {3, 2});
        maker.ints(pool, "strides", {2, 1});
        maker.ints(pool, "pads", {1, 0, 1, 1});
        x = name;
      }
    }
  }
  maker.finish(x, channels, 3);
  return {maker.file(), {"photo", size, "probabilities", 3, "", ""}};
}

std::string with_ranges(const RandomNetwork& made) {
  using namespace network;
  const auto floats = Network::load(bytes_of(made.onnx), made.signature, Precision::kFloat32);
  const auto workspace = floats ? floats->make_workspace() : nullptr;
  if (!workspace) return {};
  std::vector<Range> ranges;
  for (unsigned seed = 100; seed < 106; ++seed) {
    if (!floats->observe(random_picture(made.signature.size, seed), *workspace, ranges)) return {};
  }
  onnx::ModelProto model;
  model.ParseFromString(made.onnx);
  onnx::StringStringEntryProto& entry = *model.add_metadata_props();
  entry.set_key(kRangesKey);
  entry.set_value(ranges_text(ranges));
  return model.SerializeAsString();
}

}  // namespace catdog
