// Operators and attributes as exporters write them, beside their definitions; and what is left to another engine.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "catdog/network/network.h"
#include "onnx_maker.h"
#include "reference.h"

namespace catdog::network {
namespace {

constexpr int kSize = 23;
constexpr double kTolerance = 1e-5;  // of a probability
constexpr double kMapTolerance = 1e-4;

// Adds nodes that read "photo", or `from` with 5 channels; gives the name and the channels of what they make.
struct Features {
  std::string name;
  int channels;
};
using Make = std::function<Features(OnnxMaker&)>;

struct Case {
  const char* name;
  Make make;
};
void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

std::string five(OnnxMaker& m) { return m.conv("photo", 3, 5, 3, 1, 1); }

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"NormalisedPhoto",
       [](OnnxMaker& m) -> Features {
         m.node("Sub", {"photo", m.floats("mean", {1, 3, 1, 1}, {0.485f, 0.456f, 0.406f})}, "centred");
         m.node("Div", {"centred", m.floats("deviation", {3, 1, 1}, {0.229f, 0.224f, 0.225f})}, "normal");
         return {m.conv("normal", 3, 7, 3, 2, 1), 7};
       }},
      {"CroppedThenScaledPhoto",
       [](OnnxMaker& m) -> Features {
         m.node("Slice", {"photo", m.integers("from", {3, 2}), m.integers("to", {20, 22}), m.integers("axes", {2, 3})},
                "seen");
         m.node("Mul", {"seen", m.floats("two", {}, {2})}, "scaled");
         m.node("Add", {"scaled", m.floats("less", {1}, {-1})}, "shifted");
         return {m.conv("shifted", 3, 9, 3, 2, 1), 9};
       }},
      {"PhotoReadTwice",
       [](OnnxMaker& m) -> Features {
         m.node("Add", {m.conv("photo", 3, 8, 1, 1, 0), m.conv("photo", 3, 8, 3, 1, 1)}, "sum");
         return {"sum", 8};
       }},
      {"DepthwisePhoto",
       [](OnnxMaker& m) -> Features {
         return {m.conv("photo", 3, 3, 5, 1, 2, 3), 3};
       }},
      {"GroupedConv",
       [](OnnxMaker& m) -> Features {
         return {m.conv(m.conv("photo", 3, 12, 1, 1, 0), 12, 20, 3, 1, 1, 4), 20};
       }},
      {"ChannelMultiplier",
       [](OnnxMaker& m) -> Features {
         return {m.conv(five(m), 5, 10, 3, 1, 1, 5), 10};
       }},
      {"DilatedConv",
       [](OnnxMaker& m) -> Features {
         return {m.conv(five(m), 5, 6, 3, 1, 3, 1, 3), 6};
       }},
      {"DilatedDepthwise",
       [](OnnxMaker& m) -> Features {
         return {m.conv(five(m), 5, 5, 3, 2, 4, 5, 3), 5};
       }},
      {"DepthwiseSeven",
       [](OnnxMaker& m) -> Features {
         return {m.conv(five(m), 5, 5, 7, 1, 3, 5), 5};
       }},
      {"DepthwiseWithMuchPadding",
       [](OnnxMaker& m) -> Features {
         return {m.conv(five(m), 5, 5, 3, 2, 9, 5), 5};
       }},
      {"KernelAsLargeAsThePicture",
       [](OnnxMaker& m) -> Features {
         return {m.conv(five(m), 5, 6, kSize, 1, 0), 6};
       }},
      {"StridesBeyondTheKernel",
       [](OnnxMaker& m) -> Features {
         return {m.conv(five(m), 5, 6, 1, 3, 0), 6};
       }},
      {"UnfusedScale",
       [](OnnxMaker& m) -> Features {
         const std::string x = m.relu6(five(m));
         m.node("Mul", {x, m.random("scale", {5, 1, 1}, 2)}, "scaled");
         m.node("Add", {"scaled", x}, "sum");  // so the scale cannot go into the convolution
         m.node("Relu", {"sum"}, "positive");
         return {"positive", 5};
       }},
      {"SubtractedFromAConstant",
       [](OnnxMaker& m) -> Features {
         m.node("Sub", {m.floats("one", {}, {1}), m.relu6(five(m))}, "less");
         return {"less", 5};
       }},
      {"PadThenConv",
       [](OnnxMaker& m) -> Features {
         m.node("Pad", {five(m), m.integers("pads", {0, 0, 0, 1, 0, 0, 2, 3})}, "padded");
         return {m.conv("padded", 5, 6, 3, 2, 0), 6};
       }},
      {"PadThenPool",
       [](OnnxMaker& m) -> Features {
         m.node("Pad", {five(m), m.integers("pads", {0, 0, 1, 1, 0, 0, 1, 1})}, "padded");
         m.ints(m.node("MaxPool", {"padded"}, "maxima"), "kernel_shape", {3, 3});
         return {"maxima", 5};
       }},
      {"AveragesThatCountPadding",
       [](OnnxMaker& m) -> Features {
         onnx::NodeProto& pool = m.node("AveragePool", {five(m)}, "averages");
         m.ints(pool, "kernel_shape", {3, 3});
         m.ints(pool, "pads", {1, 1, 1, 1});
         m.integer(pool, "count_include_pad", 1);
         return {"averages", 5};
       }},
      {"SliceWithin",
       [](OnnxMaker& m) -> Features {
         m.node("Slice", {five(m), m.integers("from", {1, 4}), m.integers("to", {22, 19}), m.integers("axes", {2, 3})},
                "part");
         return {"part", 5};
       }},
      {"EnlargedPicture",
       [](OnnxMaker& m) -> Features {
         m.text(m.node("Resize", {five(m), "", m.floats("scales", {4}, {1, 1, 3, 3})}, "large"), "mode", "nearest");
         return {m.conv("large", 5, 4, 3, 2, 1), 4};
       }},
      {"ResidualOfTwoConvs",
       [](OnnxMaker& m) -> Features {
         const std::string x = m.relu6(five(m));
         m.node("Add", {m.conv(x, 5, 9, 1, 1, 0), m.conv(x, 5, 9, 3, 1, 1)}, "sum");
         m.node("Relu", {"sum"}, "positive");
         return {"positive", 9};
       }},
      {"SumOfOneValueTwice",
       [](OnnxMaker& m) -> Features {
         const std::string x = five(m);
         m.node("Add", {x, x}, "double");
         return {"double", 5};
       }},
  };
  return all;
}

class Operators : public testing::TestWithParam<Case> {};

TEST_P(Operators, ComputeWhatTheyAreDefinedAs) {
  OnnxMaker maker(kSize);
  const Features features = GetParam().make(maker);
  maker.finish(features.name, features.channels, 3);
  const Signature signature{"photo", kSize, "probabilities", 3, "", ""};
  const auto floats = Network::load(bytes_of(maker.file()), signature);
  ASSERT_TRUE(floats) << floats.error().message;
  const Image picture = random_picture(kSize, 9);
  const auto expected = reference(maker.file(), picture).at("probabilities").values;
  const auto check = [&](const Network& network, double tolerance) {
    const auto found = network.run(picture, *network.make_workspace());
    ASSERT_TRUE(found);
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(found->probabilities[i], expected[i], tolerance);
  };
  check(*floats, kTolerance);
  std::vector<Range> ranges;
  ASSERT_TRUE(floats->observe(picture, *floats->make_workspace(), ranges));
  maker.metadata(kRangesKey, ranges_text(ranges));
  const auto fixed = Network::load(bytes_of(maker.file()), signature);
  ASSERT_TRUE(fixed) << fixed.error().message;
  check(*fixed, 0.01);
}

INSTANTIATE_TEST_SUITE_P(All, Operators, testing::ValuesIn(cases()),
                         [](const testing::TestParamInfo<Case>& one) { return std::string(one.param.name); });

// Keras flattens pictures before its dense layers: the matrix's rows are in the order channel, row, column.
TEST(OperatorsTest, DenseLayersReadFlattenedPictures) {
  OnnxMaker maker(kSize);
  maker.ints(maker.node("MaxPool", {maker.conv("photo", 3, 6, 3, 2, 1)}, "small"), "kernel_shape", {5, 4});
  maker.node("Reshape", {"small", maker.integers("shape", {-1, 6 * 8 * 9})}, "flat");
  maker.node("MatMul", {"flat", maker.random("matrix", {6 * 8 * 9, 10}, 0.1f)}, "dense");
  maker.node("Add", {"dense", maker.random("bias", {10}, 0.1f)}, "biased");
  maker.node("Relu", {"biased"}, "hidden");
  maker.node("Gemm", {"hidden", maker.random("head", {10, 2}, 1)}, "logits");
  maker.node("Softmax", {"logits"}, "probabilities");
  maker.output("probabilities", {2});
  const auto network = Network::load(bytes_of(maker.file()), {"photo", kSize, "probabilities", 2, "", ""});
  ASSERT_TRUE(network) << network.error().message;
  const Image picture = random_picture(kSize, 4);
  const auto found = network->run(picture, *network->make_workspace());
  const auto expected = reference(maker.file(), picture).at("probabilities").values;
  for (int i = 0; i < 2; ++i) EXPECT_NEAR(found->probabilities[i], expected[i], kTolerance);
}

TEST(OperatorsTest, PresenceAndClassActivation) {
  OnnxMaker maker(kSize);
  const std::string features = maker.relu6(maker.conv(five(maker), 5, 12, 3, 2, 1));
  maker.finish(features, 12, 3);
  maker.integer(maker.node("Gemm", {"flat", maker.random("sees", {1, 12}, 1)}, "seen"), "transB", 1);
  maker.node("Sigmoid", {"seen"}, "presence");
  maker.output("presence", {1});
  maker.node("Conv", {features, maker.random("places", {3, 12, 1, 1}, 1)}, "map");
  maker.output("map", {3, -1, -1});
  const Signature signature{"photo", kSize, "probabilities", 3, "presence", "map"};
  const Image picture = random_picture(kSize, 4);
  const auto expected = reference(maker.file(), picture);
  const auto check = [&](double tolerance, double map_tolerance) {
    const auto network = Network::load(bytes_of(maker.file()), signature);
    ASSERT_TRUE(network) << network.error().message;
    const auto workspace = network->make_workspace();
    const auto found = network->run(picture, *workspace);
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->presence, expected.at("presence").values[0], tolerance);
    const auto map = network->class_activation(picture, *workspace);
    ASSERT_TRUE(map);
    EXPECT_EQ(map->width, 12);
    EXPECT_EQ(map->height, 12);
    const std::vector<double>& places = expected.at("map").values;
    ASSERT_EQ(map->values.size(), places.size());
    for (std::size_t i = 0; i < places.size(); ++i) EXPECT_NEAR(map->values[i], places[i], map_tolerance);
  };
  check(kTolerance, kMapTolerance);
  const auto floats = Network::load(bytes_of(maker.file()), signature);
  std::vector<Range> ranges;
  ASSERT_TRUE(floats->observe(picture, *floats->make_workspace(), ranges));
  maker.metadata(kRangesKey, ranges_text(ranges));
  check(0.01, 0.1);
}

// What another engine may run is told from what none should.
TEST(OperatorsTest, NamesWhatItDoesNotRun) {
  const auto problem_of = [](const Make& make) {
    OnnxMaker maker(kSize);
    const Features features = make(maker);
    maker.finish(features.name, features.channels, 3);
    const auto network = Network::load(bytes_of(maker.file()), {"photo", kSize, "probabilities", 3, "", ""});
    EXPECT_FALSE(network);
    if (!network) {
      EXPECT_EQ(network.error().problem, Problem::kNeedsPlatform) << network.error().message;
    }
    return network ? std::string() : network.error().message;
  };
  const std::string unknown = problem_of([](OnnxMaker& m) -> Features {
    m.node("HardSwish", {five(m)}, "x");
    return {"x", 5};
  });
  EXPECT_NE(unknown.find("node 'make x' (HardSwish): expected an operator that is known here"), std::string::npos)
      << unknown;
  const std::string attribute = problem_of([](OnnxMaker& m) -> Features {
    m.integer(m.node("Relu", {five(m)}, "x"), "leak", 3);
    return {"x", 5};
  });
  EXPECT_NE(attribute.find("(Relu): expected attributes that are known here, found 'leak'"), std::string::npos)
      << attribute;
  const std::string product = problem_of([](OnnxMaker& m) -> Features {
    const std::string x = five(m);
    m.node("Sigmoid", {x}, "gate");
    m.node("Mul", {x, "gate"}, "x");
    return {"x", 5};
  });
  EXPECT_NE(product.find("(Sigmoid)"), std::string::npos) << product;
}

}  // namespace
}  // namespace catdog::network
