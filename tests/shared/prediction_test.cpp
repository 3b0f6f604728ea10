// From probabilities to a decision.
#include "catdog/prediction.h"

#include <gtest/gtest.h>

#include <array>

namespace catdog {
namespace {

template <std::size_t N>
Prediction predict_from(const std::array<float, N>& probabilities, float threshold) {
  return predict(probabilities.data(), static_cast<int>(N), Thresholds{threshold});
}

TEST(PredictionTest, TakesTheMostProbable) {
  const Prediction prediction = predict_from(std::array{0.1f, 0.2f, 0.7f}, 0);
  EXPECT_EQ(prediction.class_id, 2);
  EXPECT_EQ(prediction.confidence, 0.7f);
  EXPECT_EQ(prediction.probabilities, (std::vector<float>{0.1f, 0.2f, 0.7f}));
  EXPECT_TRUE(prediction.decided);
}

TEST(PredictionTest, OfEqualsTheFirst) { EXPECT_EQ(predict_from(std::array{0.2f, 0.4f, 0.4f}, 0).class_id, 1); }

TEST(PredictionTest, OneClass) { EXPECT_EQ(predict_from(std::array{1.0f}, 1).class_id, 0); }

TEST(PredictionTest, DecidesFromTheThresholdUpwards) {
  EXPECT_TRUE(predict_from(std::array{0.25f, 0.75f}, 0.75f).decided);
  EXPECT_FALSE(predict_from(std::array{0.25f, 0.75f}, 0.7501f).decided);
}

}  // namespace
}  // namespace catdog
