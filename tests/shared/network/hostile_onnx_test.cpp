// Files that no engine should be given are refused in words, whatever is wrong with them.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "catdog/network/network.h"
#include "onnx_maker.h"

namespace catdog::network {
namespace {

constexpr int kSize = 16;
const Signature kSignature{"photo", kSize, "probabilities", 2, "", ""};

// A sound network, and what a case makes of it.
std::string sound(const std::function<void(onnx::ModelProto&)>& spoil = {}) {
  OnnxMaker maker(kSize);
  maker.finish(maker.relu6(maker.conv("photo", 3, 4, 3, 2, 1)), 4, 2);
  if (spoil) spoil(maker.model);
  return maker.file();
}

// The message; empty where the file was loaded. A file that is refused must not go to another engine either.
std::string refusal(const std::string& file) {
  const auto network = Network::load(bytes_of(file), kSignature);
  if (network) return {};
  EXPECT_NE(network.error().problem, Problem::kNeedsPlatform) << network.error().message;
  return network.error().message;
}

void expect_refused(const std::string& file, const std::string& words) {
  const std::string message = refusal(file);
  EXPECT_NE(message.find(words), std::string::npos) << '"' << message << '"';
}

onnx::TensorProto& constant(onnx::ModelProto& model, int i) { return *model.mutable_graph()->mutable_initializer(i); }
onnx::NodeProto& first_node(onnx::ModelProto& model) { return *model.mutable_graph()->mutable_node(0); }
void set_attribute(onnx::NodeProto& node, const std::string& name, const std::vector<std::int64_t>& values) {
  for (auto& attribute : *node.mutable_attribute()) {
    if (attribute.name() != name) continue;
    if (attribute.type() == onnx::AttributeProto::INT) {
      attribute.set_i(values[0]);
    } else {
      attribute.clear_ints();
      for (const std::int64_t value : values) attribute.add_ints(value);
    }
  }
}

TEST(HostileOnnxTest, TheSoundOneIsLoaded) { EXPECT_EQ(refusal(sound()), ""); }

TEST(HostileOnnxTest, OtherBytes) {
  expect_refused("", "expected an ONNX model, found no graph");
  expect_refused("no protocol buffer", "expected an ONNX model");
  expect_refused(std::string(1000, '\xFF'), "expected an ONNX model");
}

TEST(HostileOnnxTest, EveryTruncation) {
  const std::string file = sound();
  for (std::size_t length = 0; length < file.size(); ++length) {
    // Cut between two fields of the model, a file may be sound without what followed.
    const std::string message = refusal(file.substr(0, length));
    if (!message.empty()) {
      EXPECT_NE(message.find("expected"), std::string::npos) << length;
    }
  }
}

TEST(HostileOnnxTest, ShapesThatPromiseMoreThanTheFileHolds) {
  const auto with_sides = [](std::vector<std::int64_t> sides) {
    return sound([&](onnx::ModelProto& model) {
      constant(model, 0).clear_dims();
      for (const std::int64_t side : sides) constant(model, 0).add_dims(side);
    });
  };
  expect_refused(with_sides({4, 3, 3, 4}), "expected 144 values, found fewer");
  expect_refused(with_sides({std::int64_t{1} << 31, std::int64_t{1} << 31}), "a sound shape");
  expect_refused(with_sides({1 << 16, 1 << 14, 1, 2}), "a sound shape");
  expect_refused(with_sides({-4, 3, 3, 3}), "a sound shape");
  expect_refused(with_sides({1, 1, 1, 1, 1, 1, 1, 1, 108}), "at most 8 dimensions");
  expect_refused(sound([](onnx::ModelProto& model) {
                   constant(model, 0).clear_float_data();
                   constant(model, 0).set_raw_data(std::string(7, 'x'));
                 }),
                 "bytes for 4×3×3×3, found 7");
}

TEST(HostileOnnxTest, WeightsThatAreNoNumbers) {
  for (const float value : {NAN, INFINITY, -INFINITY}) {
    expect_refused(sound([&](onnx::ModelProto& model) { constant(model, 0).set_float_data(5, value); }),
                   "expected finite numbers");
  }
  // Also where another engine would be asked.
  expect_refused(sound([&](onnx::ModelProto& model) {
                   constant(model, 0).set_float_data(5, NAN);
                   first_node(model).set_op_type("ConvTranspose");
                 }),
                 "expected finite numbers");
}

TEST(HostileOnnxTest, AttributesOutOfBounds) {
  const auto with = [](const std::string& name, const std::vector<std::int64_t>& values) {
    return sound([&](onnx::ModelProto& model) { set_attribute(first_node(model), name, values); });
  };
  expect_refused(with("strides", {0, 1}), "strides from 1 to 4096, found 0");
  expect_refused(with("dilations", {0, 0}), "dilations from 1 to 4096, found 0");
  expect_refused(with("group", {0}), "group from 1 to 1048576, found 0");
  expect_refused(with("group", {2}), "expected weights that fit 3 channels in 2 groups");
  expect_refused(with("pads", {1, 1, std::numeric_limits<std::int64_t>::max(), 1}), "pads from -4096 to 4096");
  expect_refused(with("kernel_shape", {5, 5}), "expected a kernel_shape as the weights'");
  expect_refused(with("dilations", {4096, 4096}), "expected a kernel no larger than the padded picture");
  // Also of operators that the engine does not know.
  expect_refused(sound([](onnx::ModelProto& model) {
                   first_node(model).set_op_type("ConvTranspose");
                   set_attribute(first_node(model), "strides", {0, 0});
                 }),
                 "strides from 1 to 4096, found 0");
}

TEST(HostileOnnxTest, TooMuchWork) {
  OnnxMaker maker(kSize);
  const std::string x = maker.conv("photo", 3, 8, 1, 1, 4000);
  maker.finish(maker.conv(x, 8, 8, 1, 1, 4000), 8, 2);
  expect_refused(maker.file(), "sides of at most 4096");
  OnnxMaker other(kSize);
  std::string y = other.conv("photo", 3, 64, 1, 1, 2000);
  other.finish(other.conv(y, 64, 64, 5, 1, 2), 64, 2);
  expect_refused(other.file(), "expected tensors of at most");
}

TEST(HostileOnnxTest, GraphsThatAreNone) {
  expect_refused(sound([](onnx::ModelProto& model) {  // a cycle
                   first_node(model).set_input(0, model.graph().node(2).output(0));
                 }),
                 "expected inputs that an earlier node makes");
  expect_refused(sound([](onnx::ModelProto& model) {
                   onnx::NodeProto again = first_node(model);
                   *model.mutable_graph()->add_node() = again;
                 }),
                 "expected outputs with new names");
  expect_refused(sound([](onnx::ModelProto& model) { model.mutable_graph()->clear_node(); }),
                 "expected a node that makes the output");
  expect_refused(sound([](onnx::ModelProto& model) { first_node(model).clear_output(); }), "expected an output");
  expect_refused(sound([](onnx::ModelProto& model) { model.mutable_graph()->mutable_input(0)->set_name("other"); }),
                 "input: expected only 'photo', found 'other'");
  expect_refused(sound([](onnx::ModelProto& model) {
                   auto& shape =
                       *model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
                   shape.mutable_dim(0)->set_dim_value(1);
                 }),
                 "input: expected N×3×16×16, found 1×3×16×16");
}

TEST(HostileOnnxTest, AMillionNodes) {
  expect_refused(sound([](onnx::ModelProto& model) {
                   for (int i = 0; i < 1'000'000; ++i) model.mutable_graph()->add_node();
                 }),
                 "expected at most 10000 nodes, found more");
}

TEST(HostileOnnxTest, ValuesInOtherFiles) {
  expect_refused(sound([](onnx::ModelProto& model) {
                   auto& entry = *constant(model, 0).add_external_data();
                   entry.set_key("location");
                   entry.set_value("/etc/passwd");
                   constant(model, 0).set_data_location(onnx::TensorProto::EXTERNAL);
                 }),
                 "expected its values in the same file");
}

TEST(HostileOnnxTest, GraphsWithinNodes) {
  expect_refused(sound([](onnx::ModelProto& model) {
                   auto& attribute = *first_node(model).add_attribute();
                   attribute.set_name("body");
                   attribute.mutable_g()->set_name("inner");
                 }),
                 "expected plain attributes, found 'body'");
}

// Messages within messages: nothing here follows them.
TEST(HostileOnnxTest, DeepMessages) {
  expect_refused(sound([](onnx::ModelProto& model) {
                   onnx::AttributeProto* attribute = first_node(model).add_attribute();
                   for (int depth = 0; depth < 1000; ++depth) {
                     attribute->set_name("body");
                     attribute = attribute->mutable_g()->add_node()->add_attribute();
                   }
                 }),
                 "expected plain attributes, found 'body'");
}

TEST(HostileOnnxTest, RangesThatAreNone) {
  for (const char* text :
       {"x", "x 1", "x -1.000000", "x 1e9.000000", "x 9999999999999999.000000", " 1.000000", "x 1.0000000"}) {
    OnnxMaker maker(kSize);
    maker.finish(maker.conv("photo", 3, 4, 3, 2, 1), 4, 2);
    maker.metadata(kRangesKey, text);
    expect_refused(maker.file(), "expected lines like 'NAME 1.500000'");
  }
}

// Ranges that are far off cost accuracy, never more.
TEST(HostileOnnxTest, RangesThatLie) {
  for (const char* number : {"0.000000", "0.000001", "999999999999.999999"}) {
    OnnxMaker maker(kSize);
    maker.finish(maker.conv("photo", 3, 4, 3, 2, 1), 4, 2);
    maker.metadata(kRangesKey, "conv0 " + std::string(number) + "\n");
    const auto network = Network::load(bytes_of(maker.file()), kSignature);
    ASSERT_TRUE(network) << network.error().message;
    const auto found = network->run(random_picture(kSize, 1), *network->make_workspace());
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->probabilities[0] + found->probabilities[1], 1, 1e-5) << number;
  }
}

}  // namespace
}  // namespace catdog::network
