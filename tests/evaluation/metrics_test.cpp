#include "evaluation/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <iterator>
#include <stdexcept>
#include <vector>

#include "evaluation/intervals.h"

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

TEST(MetricsTest, IntervalsStayWithinZeroAndOne) {
  for (const bool right : {true, false}) {
    for (int photos = 1; photos < 200; ++photos) {
      MetricsCollector collector(2);
      const float said[] = {right ? 0.9f : 0.1f, right ? 0.1f : 0.9f};
      for (int i = 0; i < photos; ++i) collector.add(0, said);
      const auto [low, high] = collector.finish().accuracy_interval;
      EXPECT_GE(low, 0) << photos;
      EXPECT_LE(high, 1) << photos;
    }
  }
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

TEST(MetricsTest, PhotosThatAreRefusedCountAsBelowTheThreshold) {
  const MetricsCollector collector = ten_photos();
  std::vector<bool> refused(10, false);
  refused[0] = refused[9] = true;  // confidences 0.9 and 0.55
  EXPECT_FLOAT_EQ(collector.confidence_threshold(0.1, refused), 0);
  EXPECT_FLOAT_EQ(collector.confidence_threshold(0.2, refused), 0.3f) << "nobody but those two";
  EXPECT_FLOAT_EQ(collector.confidence_threshold(0.5, refused), 0.65f) << "those two and the three of 0.6";
}

TEST(MetricsTest, TemperatureUndoesOverconfidence) {
  // 80 of 100 are right, at a confidence of 0.99: the best temperature makes that 0.8.
  MetricsCollector collector(2);
  const float sure[] = {0.99f, 0.01f};
  for (int i = 0; i < 100; ++i) collector.add(i < 80 ? 0 : 1, sure);
  const double logit = std::log(0.99 / 0.01), wanted = std::log(0.8 / 0.2);
  EXPECT_NEAR(collector.best_temperature(), logit / wanted, 0.02);
}

TEST(MetricsTest, PresenceRefusesTheShareThatItMay) {
  std::vector<float> photos, others;
  for (int i = 0; i < 100; ++i) photos.push_back(0.5f + 0.005f * static_cast<float>(i));
  for (int i = 0; i < 50; ++i) others.push_back(i < 45 ? 0.1f : 0.9f);
  const PresenceMetrics found = presence_metrics(photos, others, 0.1);
  EXPECT_NEAR(found.refused, 0.1, 1e-9);
  EXPECT_NEAR(found.flagged, 0.9, 1e-9);
  EXPECT_GT(found.threshold, 0.5 + 0.005 * 9);
  EXPECT_LT(found.threshold, 0.5 + 0.005 * 10);
  EXPECT_EQ(found.photos, 100u);
  EXPECT_EQ(found.others, 50u);
  // 45 of the others lie below all photos; 5 lie above the 80 photos below 0.9 (0.9 itself counts half).
  EXPECT_NEAR(found.roc_auc, 0.9 + 0.1 * (19 + 0.5) / 100, 1e-6);
}

TEST(MetricsTest, WhatIsNoProbabilityIsRefused) {
  MetricsCollector collector(2);
  for (const float wrong : {std::nanf(""), -0.1f, 1.1f}) {
    const float probabilities[] = {0.5f, wrong};
    EXPECT_THROW(collector.add(0, probabilities), std::runtime_error);
  }
  EXPECT_EQ(collector.size(), 0u);
}

TEST(CurvesTest, CalibrationErrorIsGuosByHand) {
  MetricsCollector collector(2);
  const struct {
    float confidence;  // of class 1
    int label;
  } photos[] = {{0.95f, 1}, {0.97f, 0}, {0.92f, 1}, {0.75f, 1}, {0.74f, 1}, {0.62f, 0}};
  for (const auto& photo : photos) {
    const float probabilities[] = {1 - photo.confidence, photo.confidence};
    collector.add(photo.label, probabilities);
  }
  const Metrics metrics = collector.finish();
  // Fifteenths: 0.95 and 0.97 lie in the last bin (14), 0.92 in 13, 0.75 and 0.74 in 11, 0.62 in 9.
  std::vector<std::size_t> counts;
  for (const ReliabilityBin& bin : metrics.reliability) counts.push_back(bin.photos);
  EXPECT_EQ(counts, (std::vector<std::size_t>{0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 0, 1, 2}));
  EXPECT_NEAR(metrics.reliability[14].confidence, 0.96, 1e-6);
  EXPECT_NEAR(metrics.reliability[14].accuracy, 0.5, 1e-12);
  EXPECT_NEAR(metrics.reliability[9].accuracy, 0, 1e-12);
  EXPECT_NEAR(metrics.ece, (2 * (0.96 - 0.5) + (1 - 0.92) + 2 * (1 - 0.745) + 0.62) / 6, 1e-6);
}

TEST(CurvesTest, ConfidenceOneIsInTheLastBin) {
  MetricsCollector collector(2);
  const float sure[] = {1, 0};
  collector.add(0, sure);
  collector.add(1, sure);
  const Metrics metrics = collector.finish();
  EXPECT_EQ(metrics.reliability[14].photos, 2u);
  EXPECT_DOUBLE_EQ(metrics.ece, 0.5);
  EXPECT_DOUBLE_EQ(MetricsCollector(2).finish().ece, 0);
}

TEST(CurvesTest, RocGoesThroughEachThreshold) {
  // Class 1 by falling score: 0.9+ 0.8+ 0.7+ (0.6+ 0.6-) 0.55+ 0.4+ 0.3- 0.2- 0.1-; six of class 1, four others.
  const auto curve = roc_curve(ten_photos(), 1);
  const double expected[][2] = {
      {0, 0},       {0, 1 / 6.0}, {0, 2 / 6.0}, {0, 3 / 6.0}, {1 / 4.0, 4 / 6.0}, {1 / 4.0, 5 / 6.0},
      {1 / 4.0, 1}, {2 / 4.0, 1}, {3 / 4.0, 1}, {1, 1}};
  ASSERT_EQ(curve.size(), std::size(expected));
  double area = 0;
  for (std::size_t i = 0; i < curve.size(); ++i) {
    EXPECT_DOUBLE_EQ(curve[i].false_positives, expected[i][0]) << i;
    EXPECT_DOUBLE_EQ(curve[i].true_positives, expected[i][1]) << i;
    if (i == 0) continue;
    area += (curve[i].false_positives - curve[i - 1].false_positives) *
            (curve[i].true_positives + curve[i - 1].true_positives) / 2;
  }
  EXPECT_NEAR(area, 21.5 / 24, 1e-12);  // the trapezoids are the ROC AUC
}

TEST(CurvesTest, ThinnedRocKeepsEndsOrderAndArea) {
  MetricsCollector collector(2);
  std::uint32_t random = 1;
  for (int i = 0; i < 5000; ++i) {
    random = random * 1664525u + 1013904223u;
    const int label = i % 2;
    const float noise = static_cast<float>(random >> 8) / 16777216.0f;
    const float second = 0.6f * noise + (label == 1 ? 0.4f : 0.0f);
    const float probabilities[] = {1 - second, second};
    collector.add(label, probabilities);
  }
  const auto curve = roc_curve(collector, 1);
  EXPECT_LE(curve.size(), 200u);
  EXPECT_GE(curve.size(), 150u);
  EXPECT_EQ(curve.front().true_positives, 0);
  EXPECT_EQ(curve.back().true_positives, 1);
  EXPECT_EQ(curve.back().false_positives, 1);
  double area = 0;
  for (std::size_t i = 1; i < curve.size(); ++i) {
    const double wide = curve[i].false_positives - curve[i - 1].false_positives;
    EXPECT_GE(wide, 0);
    EXPECT_GE(curve[i].true_positives, curve[i - 1].true_positives);
    area += wide * (curve[i].true_positives + curve[i - 1].true_positives) / 2;
  }
  EXPECT_NEAR(area, collector.finish().classes[1].roc_auc, 1e-3);
}

TEST(IntervalsTest, LieAroundTheFigureAndNarrowWithMorePhotos) {
  const auto width_with = [](int photos) {
    MetricsCollector collector(2);
    for (int i = 0; i < photos; ++i) {
      const float second = i % 10 == 0 ? 0.3f : 0.8f;
      const float probabilities[] = {i % 2 ? 1 - second : second, i % 2 ? second : 1 - second};
      collector.add(i % 2, probabilities);
    }
    const double loss = collector.finish().loss;
    const auto interval = bootstrap_intervals(collector).log_loss;
    EXPECT_LT(interval.first, loss);
    EXPECT_GT(interval.second, loss);
    return interval.second - interval.first;
  };
  // The loss of a photo is -ln 0.3 with a chance of 0.1, else -ln 0.8: its deviation is 0.3 * ln(0.8 / 0.3) = 0.294.
  const double wide = width_with(400), narrow = width_with(3600);
  EXPECT_NEAR(wide, 2 * 1.96 * 0.294 / 20, 0.015);
  EXPECT_NEAR(narrow, wide / 3, wide / 12);
}

}  // namespace
}  // namespace catdog
