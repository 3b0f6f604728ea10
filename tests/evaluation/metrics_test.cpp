#include "evaluation/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace catdog {
namespace {

// Ten photos of two classes whose figures were worked out by hand.
MetricsCollector ten_photos() {
  MetricsCollector collector(2);
  const struct {
    int label;
    float second;  // probability of class 1
  } photos[] = {{0, 0.1f}, {0, 0.2f}, {0, 0.3f}, {0, 0.6f}, {1, 0.9f},
                {1, 0.8f}, {1, 0.7f}, {1, 0.4f}, {1, 0.6f}, {1, 0.55f}};
  for (const auto& photo : photos) {
    const float probabilities[] = {1 - photo.second, photo.second};
    collector.add(photo.label, probabilities);
  }
  return collector;
}

TEST(MetricsTest, CountsMatchTheHandCount) {
  const Metrics metrics = ten_photos().finish();
  EXPECT_EQ(metrics.photos, 10u);
  const std::vector<std::vector<std::size_t>> confusion = {{3, 1}, {1, 5}};
  EXPECT_EQ(metrics.confusion, confusion);
  EXPECT_DOUBLE_EQ(metrics.accuracy, 0.8);
  EXPECT_DOUBLE_EQ(metrics.classes[0].precision, 0.75);
  EXPECT_DOUBLE_EQ(metrics.classes[1].recall, 5.0 / 6);
  EXPECT_NEAR(metrics.f1, (0.75 + 5.0 / 6) / 2, 1e-12);
}

TEST(MetricsTest, RocAucCountsPairsAndTiesHalf) {
  // Pairs (cat, dog) in which the dog scores higher: 0.1, 0.2, 0.3 beat none: 6 each; 0.6 loses to 0.9, 0.8, 0.7 and
  // ties with 0.6: 3.5. 21.5 of 24.
  const Metrics metrics = ten_photos().finish();
  EXPECT_NEAR(metrics.classes[1].roc_auc, 21.5 / 24, 1e-12);
  EXPECT_NEAR(metrics.classes[0].roc_auc, 21.5 / 24, 1e-12);
}

TEST(MetricsTest, LossIsTheMeanCrossEntropy) {
  MetricsCollector collector(3);
  const float first[] = {0.5f, 0.25f, 0.25f}, second[] = {0.125f, 0.125f, 0.75f};
  collector.add(0, first);
  collector.add(1, second);
  EXPECT_NEAR(collector.finish().loss, (std::log(2.0) + std::log(8.0)) / 2, 1e-7);
}

TEST(MetricsTest, IntervalIsWilsons) {
  // 80 of 100: 0.7112 to 0.8666 (Wilson 1927, tabulated).
  MetricsCollector collector(2);
  for (int i = 0; i < 100; ++i) {
    const float probabilities[] = {i < 80 ? 0.9f : 0.1f, i < 80 ? 0.1f : 0.9f};
    collector.add(0, probabilities);
  }
  const Metrics metrics = collector.finish();
  EXPECT_NEAR(metrics.accuracy_interval.first, 0.7112, 5e-5);
  EXPECT_NEAR(metrics.accuracy_interval.second, 0.8666, 5e-5);
}

TEST(MetricsTest, ThresholdLiesBetweenTwoPhotos) {
  // Confidences: 0.55, 0.6, 0.6, 0.6, 0.7, 0.7, 0.8, 0.8, 0.9, 0.9.
  const MetricsCollector collector = ten_photos();
  EXPECT_FLOAT_EQ(collector.confidence_threshold(0), 0);
  EXPECT_FLOAT_EQ(collector.confidence_threshold(0.1), 0.575f);
  EXPECT_FLOAT_EQ(collector.confidence_threshold(0.4), 0.65f);
  EXPECT_FLOAT_EQ(collector.confidence_threshold(1), 1);
}

}  // namespace
}  // namespace catdog
