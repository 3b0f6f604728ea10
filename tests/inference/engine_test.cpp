// Both engines give what the definition of a bundle's network says.
#include "inference/engine.h"

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <stdexcept>

#include "bundles/test_bundle.h"
#include "catdog/photo/preprocess.h"
#include "support/temporary_folder.h"

namespace catdog {
namespace {

constexpr float kTolerance = 1e-5f;  // of a probability, between two orders of summation
constexpr int kSize = 32;
constexpr int kLabels = 3;
constexpr int kPhotoValues = 3 * kSize * kSize;

ModelBundle small_bundle(const std::filesystem::path& folder, bool foreign) {
  TestBundle options;
  options.out = folder, options.labels = {"a", "b", "c"}, options.size = kSize, options.seed = 7;
  options.foreign = foreign;
  write_test_bundle(options);
  return read_bundle(folder);
}

Image random_picture(unsigned seed) {
  std::mt19937 random(seed);
  Image picture = Image::of_size(kSize, kSize);
  for (int i = 0; i < kPhotoValues; ++i) picture.pixels[i] = static_cast<std::uint8_t>(random());
  return picture;
}

std::vector<float> tensor_of(const Image& picture) {
  std::vector<float> values(kPhotoValues);
  to_tensor(picture, values.data());
  return values;
}

// The test bundle's network by its definition: convolution (3×3, step 2, border of zeros), ReLU, mean, dense, softmax.
class Reference {
 public:
  explicit Reference(const std::vector<std::uint8_t>& onnx_file) {
    onnx::ModelProto model;
    if (!model.ParseFromArray(onnx_file.data(), static_cast<int>(onnx_file.size())))
      throw std::runtime_error("no ONNX");
    for (const onnx::TensorProto& tensor : model.graph().initializer()) {
      weights_[tensor.name()].assign(tensor.float_data().begin(), tensor.float_data().end());
    }
  }

  std::vector<float> probabilities(const float* photo) const {
    const auto &head = weights_.at("head.weight"), &bias = weights_.at("head.bias");
    const std::size_t channels = weights_.at("conv.bias").size();
    std::vector<double> scores(bias.begin(), bias.end());
    for (std::size_t channel = 0; channel < channels; ++channel) {
      const double feature = mean_feature(photo, channel);
      for (std::size_t label = 0; label < scores.size(); ++label)
        scores[label] += feature * head[label * channels + channel];
    }
    const double highest = *std::max_element(scores.begin(), scores.end());
    double sum = 0;
    for (double& score : scores) sum += score = std::exp(score - highest);
    std::vector<float> found;
    for (const double score : scores) found.push_back(static_cast<float>(score / sum));
    return found;
  }

 private:
  double mean_feature(const float* photo, std::size_t channel) const {
    constexpr int kOut = kSize / 2;
    const float* weight = weights_.at("conv.weight").data() + channel * 27;
    double total = 0;
    for (int out = 0; out < kOut * kOut; ++out) {
      double value = weights_.at("conv.bias")[channel];
      for (int i = 0; i < 27; ++i) {
        const int colour = i / 9, y = out / kOut * 2 - 1 + i / 3 % 3, x = out % kOut * 2 - 1 + i % 3;
        if (y >= 0 && y < kSize && x >= 0 && x < kSize) value += weight[i] * photo[(colour * kSize + y) * kSize + x];
      }
      total += std::max(value, 0.0);
    }
    return total / (kOut * kOut);
  }

  std::map<std::string, std::vector<float>> weights_;
};

class Engines : public testing::TestWithParam<bool> {};  // foreign: OpenCV runs it

TEST_P(Engines, GiveWhatTheDefinitionSays) {
  const TemporaryFolder folder;
  const ModelBundle bundle = small_bundle(folder.path(), GetParam());
  EnginePool engines(bundle);
  EXPECT_EQ(engines.why_another().empty(), !GetParam());
  const Reference reference(bundle.onnx);
  for (unsigned seed = 0; seed < 5; ++seed) {
    const Image picture = random_picture(seed);
    const auto found = engines.run(picture).probabilities;
    const auto expected = reference.probabilities(tensor_of(picture).data());
    ASSERT_EQ(found.size(), std::size_t{kLabels});
    for (int label = 0; label < kLabels; ++label) EXPECT_NEAR(found[label], expected[label], kTolerance);
  }
}

TEST_P(Engines, TellPresenceAndWhere) {
  const TemporaryFolder folder;
  TestBundle options;
  options.out = folder.path(), options.presence = true, options.size = kSize, options.foreign = GetParam();
  write_test_bundle(options);
  const ModelBundle bundle = read_bundle(folder.path());
  EnginePool engines(bundle);
  EXPECT_NE(engines.run(random_picture(0)).presence, engines.run(random_picture(1)).presence);
  // What the places add to the logits adds up to their differences, but for the biases, which are the same for all.
  std::vector<double> apart;
  for (unsigned seed = 0; seed < 4; ++seed) {
    const Image picture = random_picture(seed);
    const auto probabilities = engines.run(picture).probabilities;
    const network::ActivationMap map = engines.class_activation(picture);
    const std::size_t places = static_cast<std::size_t>(map.width) * map.height;
    ASSERT_EQ(map.width, kSize / 2);
    ASSERT_EQ(map.values.size(), 2 * places);
    double difference = 0;
    for (std::size_t i = 0; i < places; ++i) difference += map.values[i] - map.values[places + i];
    apart.push_back(difference / static_cast<double>(places) - std::log(probabilities[0] / probabilities[1]));
  }
  for (const double bias : apart) EXPECT_NEAR(bias, apart[0], 1e-3);
}

TEST_P(Engines, ReadHalfPrecision) {
  const TemporaryFolder folder;
  const auto read = [&](bool half) {
    TestBundle options;
    options.out = folder.path() / (half ? "half" : "single"), options.half = half, options.size = kSize;
    options.foreign = GetParam();
    write_test_bundle(options);
    return read_bundle(options.out);
  };
  const ModelBundle halves = read(true), singles = read(false);
  EnginePool half(halves), single(singles);
  const Image picture = random_picture(4);
  const auto found = half.run(picture).probabilities, expected = single.run(picture).probabilities;
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 0.02);
  EXPECT_NE(found, expected) << "half precision rounds";
}

INSTANTIATE_TEST_SUITE_P(Both, Engines, testing::Bool(), [](const testing::TestParamInfo<bool>& foreign) {
  return std::string(foreign.param ? "OpenCV" : "Core");
});

TEST(EnginePoolTest, SaysWhyAnotherEngineRuns) {
  const TemporaryFolder folder;
  const ModelBundle bundle = small_bundle(folder.path(), true);
  const EnginePool engines(bundle);
  EXPECT_NE(engines.why_another().find("(LeakyRelu)"), std::string::npos) << engines.why_another();
  EXPECT_NE(engines.name().find("OpenCV"), std::string::npos) << engines.name();
}

TEST(EnginePoolTest, RefusesAPrecisionThatTheNetworkLacks) {
  const TemporaryFolder folder;
  const ModelBundle bundle = small_bundle(folder.path(), false);
  EXPECT_EQ(EnginePool(bundle, network::Precision::kFloat32).name(), "float32");
  EXPECT_THROW(EnginePool(bundle, network::Precision::kInt16), std::runtime_error);
}

}  // namespace
}  // namespace catdog
