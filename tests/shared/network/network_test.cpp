// The engine beside the definitions of the operators; the same bits from every kind of processor.
#include "catdog/network/network.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <cmath>
#include <cstring>

#include "onnx_maker.h"
#include "reference.h"

namespace catdog::network {
namespace {

constexpr float kFloatTolerance = 1e-5f;  // of a probability, between two orders of summation
constexpr float kFixedTolerance = 0.02f;  // of a probability, of fixed point from floats
constexpr unsigned kNetworks = 60;

Outputs run(const Network& network, const Image& picture) {
  const auto workspace = network.make_workspace();
  const auto outputs = network.run(picture, *workspace);
  EXPECT_TRUE(outputs) << outputs.error().message;
  return *outputs;
}

double difference(const std::vector<float>& found, const std::vector<double>& expected) {
  EXPECT_EQ(found.size(), expected.size());
  double most = 0;
  for (std::size_t i = 0; i < found.size(); ++i) most = std::max(most, std::abs(found[i] - expected[i]));
  return most;
}

// Lets the engine believe that the processor is of one kind.
class OneTarget {
 public:
  explicit OneTarget(std::int64_t target) { use(target); }
  ~OneTarget() { use(0); }

 private:
  static void use(std::int64_t targets) {
    hwy::SetSupportedTargetsForTest(targets);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
};

class RandomNetworks : public testing::TestWithParam<unsigned> {};

TEST_P(RandomNetworks, ComputeWhatTheirOperatorsSay) {
  const RandomNetwork made = random_network(GetParam());
  const auto network = Network::load(bytes_of(made.onnx), made.signature);
  ASSERT_TRUE(network) << network.error().message;
  EXPECT_EQ(network->precision(), Precision::kFloat32);
  const Image picture = random_picture(made.signature.size, 5);
  const auto expected = reference(made.onnx, picture);
  EXPECT_LE(difference(run(*network, picture).probabilities, expected.at("probabilities").values), kFloatTolerance);
}

TEST_P(RandomNetworks, AreNearlyTheSameInFixedPoint) {
  const RandomNetwork made = random_network(GetParam());
  const std::string file = with_ranges(made);
  const auto network = Network::load(bytes_of(file), made.signature);
  ASSERT_TRUE(network) << network.error().message;
  EXPECT_EQ(network->precision(), Precision::kInt16);
  const Image picture = random_picture(made.signature.size, 5);
  const auto expected = reference(made.onnx, picture);
  EXPECT_LE(difference(run(*network, picture).probabilities, expected.at("probabilities").values), kFixedTolerance);
}

TEST_P(RandomNetworks, GiveTheSameBitsOnEveryKindOfProcessor) {
  const RandomNetwork made = random_network(GetParam());
  const std::string file = with_ranges(made);
  const Image picture = random_picture(made.signature.size, 5);
  for (const Precision precision : {Precision::kFloat32, Precision::kInt16}) {
    std::vector<float> first;
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
      const OneTarget only(target);
      const auto network = Network::load(bytes_of(file), made.signature, precision);
      ASSERT_TRUE(network) << network.error().message;
      const std::vector<float> found = run(*network, picture).probabilities;
      if (first.empty()) first = found;
      ASSERT_EQ(found.size(), first.size());
      EXPECT_EQ(std::memcmp(found.data(), first.data(), found.size() * sizeof(float)), 0) << hwy::TargetName(target);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomNetworks, testing::Range(0u, kNetworks));

TEST(NetworkTest, RunsAgainInTheSameWorkspace) {
  const RandomNetwork made = random_network(3);
  const auto network = Network::load(bytes_of(made.onnx), made.signature);
  ASSERT_TRUE(network);
  const auto workspace = network->make_workspace();
  const Image one = random_picture(made.signature.size, 1), other = random_picture(made.signature.size, 2);
  const auto before = network->run(one, *workspace);
  const auto between = network->run(other, *workspace);
  const auto after = network->run(one, *workspace);
  EXPECT_EQ(before->probabilities, after->probabilities);
  EXPECT_NE(before->probabilities, between->probabilities);
}

TEST(NetworkTest, RefusesAPictureOfAnotherSize) {
  const RandomNetwork made = random_network(3);
  const auto network = Network::load(bytes_of(made.onnx), made.signature);
  const auto workspace = network->make_workspace();
  const auto outputs = network->run(random_picture(made.signature.size + 1, 1), *workspace);
  ASSERT_FALSE(outputs);
  EXPECT_NE(outputs.error().message.find("expected a picture of"), std::string::npos) << outputs.error().message;
}

TEST(NetworkTest, SaysThatFixedPointNeedsRanges) {
  const RandomNetwork made = random_network(3);
  const auto network = Network::load(bytes_of(made.onnx), made.signature, Precision::kInt16);
  ASSERT_FALSE(network);
  EXPECT_NE(network.error().message.find("ranges"), std::string::npos) << network.error().message;
}

// Inputs at both ends of the range, weights of one sign: the greatest sums that there can be.
TEST(NetworkTest, LargestSumsDoNotOverflow) {
  constexpr int kSize = 24, kChannels = 512;
  OnnxMaker maker(kSize);
  maker.node("Conv",
             {"photo", maker.floats("one", {kChannels, 3, 1, 1}, std::vector<float>(3 * kChannels, 0.4f)),
              maker.floats("none", {kChannels}, std::vector<float>(kChannels, 0.0f))},
             "wide");
  maker.node("Conv",
             {"wide", maker.floats("same", {8, kChannels, 3, 3}, std::vector<float>(8 * kChannels * 9, 0.01f)),
              maker.floats("zero", {8}, std::vector<float>(8, 0.0f))},
             "sums");
  maker.finish("sums", 8, 2);
  const Signature signature{"photo", kSize, "probabilities", 2, "", ""};
  Image white = Image::of_size(kSize, kSize);
  std::memset(white.pixels.get(), 255, white.row_bytes() * kSize);
  const auto floats = Network::load(bytes_of(maker.file()), signature);
  ASSERT_TRUE(floats);
  std::vector<Range> ranges;
  const auto workspace = floats->make_workspace();
  ASSERT_TRUE(floats->observe(white, *workspace, ranges));
  ASSERT_EQ(ranges.size(), 2u);
  EXPECT_NEAR(ranges[1].greatest, 1.2 * 0.01 * kChannels * 9, 0.01);
  maker.metadata(kRangesKey, ranges_text(ranges));
  const auto fixed = Network::load(bytes_of(maker.file()), signature, Precision::kInt16);
  ASSERT_TRUE(fixed) << fixed.error().message;
  const auto expected = reference(maker.file(), white);
  EXPECT_LE(difference(run(*fixed, white).probabilities, expected.at("probabilities").values), kFixedTolerance);
}

}  // namespace
}  // namespace catdog::network
