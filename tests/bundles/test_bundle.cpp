#include "bundles/test_bundle.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <random>

#include "support/files.h"
#include "support/hash.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

constexpr int kChannels = 6;
constexpr float kHeadScale = 12;  // makes probabilities differ clearly from photo to photo

// The next half-precision float towards zero; 0 for what is smaller than any normal one.
std::uint16_t to_half(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  const std::uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7FFFFFFFu;
  constexpr std::uint32_t kLeast = 113u << 23;  // 2^-14
  return static_cast<std::uint16_t>(magnitude < kLeast ? sign : sign | ((magnitude >> 13) - (112u << 10)));
}

void set_ints(onnx::NodeProto& node, const std::string& name, const std::vector<int>& values) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INTS);
  for (const int value : values) attribute.add_ints(value);
}

void set_int(onnx::NodeProto& node, const std::string& name, int value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(value);
}

void set_float(onnx::NodeProto& node, const std::string& name, float value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::FLOAT);
  attribute.set_f(value);
}

class Graph {
 public:
  Graph(onnx::GraphProto& graph, const TestBundle& options)
      : graph_(graph), random_(options.seed), half_(options.half) {}

  onnx::NodeProto& node(const std::string& type, const std::vector<std::string>& inputs, const std::string& output) {
    onnx::NodeProto& added = *graph_.add_node();
    added.set_op_type(type);
    added.set_name("make_" + output);
    for (const std::string& input : inputs) added.add_input(input);
    added.add_output(output);
    return added;
  }
  // In half precision, the values are rounded, stored in `name`.half, and widened by a Cast.
  void weights(const std::string& name, const std::vector<int>& shape, const std::vector<float>& values) {
    onnx::TensorProto& tensor = *graph_.add_initializer();
    tensor.set_name(half_ ? name + ".half" : name);
    tensor.set_data_type(half_ ? onnx::TensorProto::FLOAT16 : onnx::TensorProto::FLOAT);
    for (const int side : shape) tensor.add_dims(side);
    for (const float value : values) {
      if (half_) {
        tensor.add_int32_data(to_half(value));
      } else {
        tensor.add_float_data(value);
      }
    }
    if (half_) set_int(node("Cast", {name + ".half"}, name), "to", onnx::TensorProto::FLOAT);
  }
  // Uniform in [-scale, scale), the same on every machine.
  std::vector<float> random(int count, float scale) {
    std::vector<float> values(count);
    for (float& value : values) value = scale * (static_cast<float>(random_() >> 8) / static_cast<float>(1 << 23) - 1);
    return values;
  }

 private:
  onnx::GraphProto& graph_;
  std::mt19937 random_;
  bool half_;
};

void describe(onnx::ValueInfoProto& value, const std::string& name, bool fixed_batch, const std::vector<int>& sides) {
  value.set_name(name);
  onnx::TypeProto::Tensor& type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  onnx::TensorShapeProto::Dimension& batch = *type.mutable_shape()->add_dim();
  fixed_batch ? batch.set_dim_value(1) : batch.set_dim_param("N");
  for (const int side : sides) type.mutable_shape()->add_dim()->set_dim_value(side);
}

// The head's bias for which a mid-grey picture (but for its border) has all labels equally probable: photos then fall
// on either side.
std::vector<float> grey_is_undecided(const std::vector<float>& conv_weight, const std::vector<float>& conv_bias,
                                     const std::vector<float>& head_weight) {
  const std::size_t window = conv_weight.size() / kChannels;
  std::vector<float> bias(head_weight.size() / kChannels, 0.0f);
  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    float feature = conv_bias[channel];
    for (std::size_t i = 0; i < window; ++i) feature += 0.5f * conv_weight[channel * window + i];
    for (std::size_t label = 0; label < bias.size(); ++label) {
      bias[label] -= std::max(feature, 0.0f) * head_weight[label * kChannels + channel];
    }
  }
  return bias;
}

constexpr int kWindow = 3 * 3 * 3;

// All weights; the first channel of a network with a defect for white photos is replaced by one that measures
// whiteness.
struct Weights {
  std::vector<float> conv, conv_bias, head, head_bias;

  Weights(Graph& graph, const TestBundle& options)
      : conv(graph.random(kChannels * kWindow, 0.5f)), conv_bias(graph.random(kChannels, 0.2f)) {
    const std::size_t labels = options.labels.size();
    head = graph.random(static_cast<int>(labels) * kChannels, kHeadScale);
    head_bias = grey_is_undecided(conv, conv_bias, head);
    if (!options.nan_for_white && !options.sum_for_white) return;
    // Sums of 27 values in [0, 1]: 2 at most.
    std::fill_n(conv.begin(), kWindow, 2.0f / kWindow);
    conv_bias[0] = options.nan_for_white ? 0.0f : -1.9f;  // the second is 0 after ReLU, but for nearly white places
    for (std::size_t label = 0; label < labels; ++label) head[label * kChannels] = 0;
    if (options.sum_for_white) {
      std::fill(head.begin(), head.end(), 0.0f);
      std::fill(head_bias.begin(), head_bias.end(), 1.0f / static_cast<float>(labels));
    }
    head[0] = options.nan_for_white ? 2.5e38f : 5.0f;  // grey: a large logit; white: an infinite one, softmax gives NaN
  }
};

// Convolution, ReLU, mean over the picture, dense layer, softmax.
std::string make_network(const TestBundle& options) {
  const int labels = static_cast<int>(options.labels.size());
  onnx::ModelProto model;
  model.set_ir_version(7);
  onnx::OperatorSetIdProto& opset = *model.add_opset_import();
  opset.set_domain("");
  opset.set_version(13);
  onnx::GraphProto& proto = *model.mutable_graph();
  proto.set_name("test");
  describe(*proto.add_input(), "photo", options.fixed_batch, {3, options.size, options.size});
  describe(*proto.add_output(), "probabilities", options.fixed_batch, {labels});

  Graph graph(proto, options);
  const Weights weights(graph, options);
  graph.weights("conv.weight", {kChannels, 3, 3, 3}, weights.conv);
  graph.weights("conv.bias", {kChannels}, weights.conv_bias);
  graph.weights("head.weight", {labels, kChannels}, weights.head);
  graph.weights("head.bias", {labels}, weights.head_bias);
  onnx::NodeProto& convolution = graph.node("Conv", {"photo", "conv.weight", "conv.bias"}, "features");
  set_ints(convolution, "kernel_shape", {3, 3});
  set_ints(convolution, "strides", {2, 2});
  set_ints(convolution, "pads", {1, 1, 1, 1});
  if (options.foreign) {
    set_float(graph.node("LeakyRelu", {"features"}, "active"), "alpha", 0);
  } else {
    graph.node("Relu", {"features"}, "active");
  }
  graph.node("GlobalAveragePool", {"active"}, "pooled");
  set_int(graph.node("Flatten", {"pooled"}, "flat"), "axis", 1);
  const bool softmax = !options.no_softmax && !options.sum_for_white;
  const std::string scores = softmax ? "scores" : "probabilities";
  set_int(graph.node("Gemm", {"flat", "head.weight", "head.bias"}, scores), "transB", 1);
  if (softmax) set_int(graph.node("Softmax", {"scores"}, "probabilities"), "axis", 1);
  if (options.presence) {
    graph.weights("presence.weight", {1, kChannels}, graph.random(kChannels, kHeadScale));
    graph.weights("presence.bias", {1}, {0});
    set_int(graph.node("Gemm", {"flat", "presence.weight", "presence.bias"}, "present"), "transB", 1);
    graph.node("Sigmoid", {"present"}, "presence");
    describe(*proto.add_output(), "presence", options.fixed_batch, {1});
    graph.weights("map.weight", {labels, kChannels, 1, 1}, weights.head);
    set_ints(graph.node("Conv", {"active", "map.weight"}, "class_activation"), "kernel_shape", {1, 1});
    const int side = (options.size + 1) / 2;
    describe(*proto.add_output(), "class_activation", options.fixed_batch, {labels, side, side});
  }
  return model.SerializeAsString();
}

}  // namespace

void write_test_bundle(const TestBundle& options) {
  const std::string onnx = make_network(options);
  nlohmann::ordered_json card = {
      {"format", 1},
      {"name", "test"},
      {"labels", options.labels},
      {"input", {{"name", "photo"}, {"size", options.size}}},
      {"output", {{"name", "probabilities"}}},
      {"preprocessing_version", 1},
      {"thresholds", {{"confidence", 0.0}}},
      {"onnx", {{"file", "model.onnx"}, {"sha256", Sha256().add(onnx).hex()}, {"bytes", onnx.size()}}},
      {"metrics", nlohmann::json::array()},
      {"training", {{"network", "test"}, {"seed", options.seed}}},
      {"licence", "MIT"},
      {"data", {{"origin", "none: random weights"}, {"licence", "none"}}}};
  if (options.presence) {
    card["presence"] = {{"name", "presence"}};
    card["thresholds"]["presence"] = 0.5;
    card["class_activation"] = {{"name", "class_activation"}};
  }
  fs::create_directories(options.out);
  write_file(options.out / "model.onnx", onnx);
  write_file(options.out / "model.json", card.dump(2) + "\n");
}

}  // namespace catdog
