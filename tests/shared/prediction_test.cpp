// From probabilities to a decision.
#include "catdog/model/prediction.h"

#include <gtest/gtest.h>

#include <array>

namespace catdog {
namespace {

template <std::size_t N>
Prediction predict_from(const std::array<float, N>& probabilities, float threshold) {
  return predict(probabilities.data(), static_cast<int>(N), kSurelyPresent, Thresholds{threshold, 0});
}

TEST(PredictionTest, TakesTheMostProbable) {
  const Prediction prediction = predict_from(std::array{0.1f, 0.2f, 0.7f}, 0);
  EXPECT_EQ(prediction.class_id, 2);
  EXPECT_EQ(prediction.confidence, 0.7f);
  EXPECT_EQ(prediction.probabilities, (std::vector<float>{0.1f, 0.2f, 0.7f}));
  EXPECT_EQ(prediction.decision, Decision::kClass);
}

TEST(PredictionTest, OfEqualsTheFirst) { EXPECT_EQ(predict_from(std::array{0.2f, 0.4f, 0.4f}, 0).class_id, 1); }

TEST(PredictionTest, OneClass) { EXPECT_EQ(predict_from(std::array{1.0f}, 1).class_id, 0); }

TEST(PredictionTest, DecidesFromTheThresholdUpwards) {
  EXPECT_EQ(predict_from(std::array{0.25f, 0.75f}, 0.75f).decision, Decision::kClass);
  EXPECT_EQ(predict_from(std::array{0.25f, 0.75f}, 0.7501f).decision, Decision::kUncertain);
}

TEST(PredictionTest, NeitherWinsOverUnsure) {
  const std::array probabilities{0.4f, 0.6f};
  const auto decision = [&](float presence) {
    return predict(probabilities.data(), 2, presence, Thresholds{0.7f, 0.5f}).decision;
  };
  EXPECT_EQ(decision(0.49f), Decision::kNone);
  EXPECT_EQ(decision(0.5f), Decision::kUncertain);
  EXPECT_EQ(predict(probabilities.data(), 2, 0.49f, Thresholds{0, 0.5f}).decision, Decision::kNone);
  EXPECT_EQ(predict(probabilities.data(), 2, 0.49f, Thresholds{0, 0}).decision, Decision::kClass);
}

TEST(PredictionTest, DecidesOnNumbersAloneAsOnProbabilities) {
  for (const float confidence : {0.5f, 0.69f, 0.7f, 1.0f}) {
    for (const float presence : {0.0f, 0.49f, 0.5f, 1.0f}) {
      const std::array probabilities{1 - confidence, confidence};
      const Thresholds thresholds{0.7f, 0.5f};
      EXPECT_EQ(decide(confidence, presence, thresholds),
                predict(probabilities.data(), 2, presence, thresholds).decision);
    }
  }
  EXPECT_EQ(decide(0.7f, 0.5f, {0.7f, 0.5f}), Decision::kClass);
  EXPECT_EQ(decide(0.69f, 0.5f, {0.7f, 0.5f}), Decision::kUncertain);
  EXPECT_EQ(decide(1, 0.49f, {0.7f, 0.5f}), Decision::kNone);
}

TEST(PredictionTest, DecisionsHaveNames) {
  const std::vector<std::string> labels = {"Cat", "Dog"};
  EXPECT_EQ(decision_name({1, 1, {0, 1}, Decision::kClass}, labels), "Dog");
  EXPECT_EQ(decision_name({1, 1, {0, 1}, Decision::kUncertain}, labels), "uncertain");
  EXPECT_EQ(decision_name({1, 1, {0, 1}, Decision::kNone}, labels), "none");
}

TEST(PredictionTest, WordsOfDecisionsAreNoLabels) {
  for (const char* word : {"none", "uncertain"}) EXPECT_TRUE(is_decision_word(word)) << word;
  for (const char* label : {"", "Neither", "none ", "NONE", "Cat"}) EXPECT_FALSE(is_decision_word(label)) << label;
}

}  // namespace
}  // namespace catdog
