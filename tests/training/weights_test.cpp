// Numbers as they are shipped: rounded to half precision, logits divided by a temperature.
#include "training/network/weights.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "training/network/torch_network.h"

namespace catdog {
namespace {

TEST(HalfTest, EveryHalfComesBack) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float value = from_half(static_cast<std::uint16_t>(bits));
    if (std::isnan(value)) continue;
    ASSERT_EQ(to_half(value), bits) << value;
  }
}

TEST(HalfTest, KnownValues) {
  EXPECT_EQ(to_half(1.0f), 0x3c00);
  EXPECT_EQ(to_half(-2.0f), 0xc000);
  EXPECT_EQ(to_half(65504.0f), 0x7bff);
  EXPECT_EQ(from_half(0x0001), std::ldexp(1.0f, -24));
}

TEST(HalfTest, RoundsToTheNearestAndTiesToEven) {
  const float step = std::ldexp(1.0f, -10);  // between halves from 1 to 2
  EXPECT_EQ(from_half(to_half(1 + 0.49f * step)), 1.0f);
  EXPECT_EQ(from_half(to_half(1 + 0.51f * step)), 1 + step);
  EXPECT_EQ(from_half(to_half(1 + 0.5f * step)), 1.0f);
  EXPECT_EQ(from_half(to_half(1 + 1.5f * step)), 1 + 2 * step);
  EXPECT_EQ(from_half(to_half(std::ldexp(1.0f, -26))), 0.0f);
}

TEST(MeanTest, IsOfEachNumber) {
  const Weights first = {{"a", {{2}, {1, -3}}}, {"b", {{1, 1}, {1e8f}}}};
  const Weights second = {{"a", {{2}, {2, 3}}}, {"b", {{1, 1}, {1}}}};
  const Weights third = {{"a", {{2}, {6, 3}}}, {"b", {{1, 1}, {-1e8f}}}};
  const Weights mean = mean_of({first, second, third});
  EXPECT_EQ(mean.at("a").values, (std::vector<float>{3, 1}));
  EXPECT_EQ(mean.at("a").shape, first.at("a").shape);
  EXPECT_EQ(mean.at("b").values, std::vector<float>{1.0f / 3});  // nothing is lost on the way
  EXPECT_EQ(mean_of({first}).at("a").values, first.at("a").values);
}

TEST(MeanTest, OfOtherNetworksThereIsNone) {
  const Weights first = {{"a", {{2}, {1, 2}}}};
  for (const Weights& other : {Weights{{"b", {{2}, {1, 2}}}}, Weights{{"a", {{1, 2}, {1, 2}}}},
                               Weights{{"a", {{2}, {1, 2}}}, {"b", {{1}, {1}}}}, Weights{}}) {
    EXPECT_THROW(mean_of({first, other}), std::runtime_error);
    EXPECT_THROW(mean_of({other, first}), std::runtime_error);
  }
}

TEST(TemperatureTest, DividesTheLogitsAndChangesNoDecision) {
  torch::manual_seed(2);
  TorchNetwork network(make_network("cnn_small", Heads{3, true}));
  network.eval();
  PlainNetwork plain = fold_for_inference(network.spec(), get_weights(network));
  TorchNetwork before(plain.spec);
  set_weights(before, plain.weights);
  set_temperature(plain, 0.5);
  TorchNetwork after(plain.spec);
  set_weights(after, plain.weights);
  before.eval();
  after.eval();
  const torch::NoGradGuard no_grad;
  const torch::Tensor photos = torch::rand({3, 3, 32, 32});
  const TorchOutputs cold = before.forward(photos), warm = after.forward(photos);
  EXPECT_LT((warm.logits - 2 * cold.logits).abs().max().item<double>(), 1e-5);
  EXPECT_TRUE(torch::equal(warm.presence, cold.presence)) << "only the labels are calibrated";
}

}  // namespace
}  // namespace catdog
