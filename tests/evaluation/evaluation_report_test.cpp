// What follows from predictions, worked out by hand.
#include "evaluation/evaluation_report.h"

#include <gtest/gtest.h>

#include <cmath>

#include "evaluation/corruption.h"
#include "evaluation/evaluation_text.h"

namespace catdog {
namespace {

const Thresholds kThresholds = {0.6f, 0.5f};  // confidence, presence

struct Photo {
  int label = 0;
  float cat = 0;
  float presence = 1;
  std::size_t models = 1;
};

struct Case {
  TestSet set;
  std::vector<PhotoPrediction> predictions;
};

Case case_of(const std::vector<Photo>& photos) {
  Case made;
  made.set.name = "p";
  made.set.classes = {"Cat", "Dog"};
  made.set.sources = {{"p", 1}, {"other", 1}};
  for (const Photo& photo : photos) {
    Sample sample;
    sample.path = std::to_string(made.set.samples.size()) + ".jpg";
    sample.label = photo.label;
    sample.source = photo.label == kNegative ? 1 : 0;
    made.set.samples.push_back(sample);
    made.predictions.push_back({{photo.cat, 1 - photo.cat}, photo.presence, photo.models});
  }
  return made;
}

EvaluationReport report_of(const std::vector<Photo>& photos, bool corrupted = false) {
  const Case made = case_of(photos);
  EvaluationReport report;
  std::vector<std::vector<PhotoPrediction>> corruptions;
  if (corrupted) corruptions.assign(corruption_names().size(), made.predictions);
  add_metrics(report, made.set, made.predictions, corruptions, kThresholds);
  return report;
}

// 3 cats of which 2 are recognised, 1 dog that is; one that could not be read.
const std::vector<Photo> kFour = {{0, 0.9f}, {0, 0.5f}, {0, 0.25f}, {1, 0.0f}, {1, 0.0f, 1, 0}};

TEST(EvaluationReportTest, CountsAndShares) {
  const EvaluationReport report = report_of(kFour);
  EXPECT_EQ(report.metrics.photos, 4u);
  EXPECT_EQ(report.decisions.uncertain, 1u);
  EXPECT_EQ(report.metrics.confusion, (std::vector<std::vector<std::size_t>>{{2, 1}, {0, 1}}));
  EXPECT_DOUBLE_EQ(report.metrics.accuracy, 0.75);
}

TEST(EvaluationReportTest, F1IsTheMeanOfBothClasses) {
  // Cat: precision 1, recall 2/3 → 4/5. Dog: precision 1/2, recall 1 → 2/3.
  const Metrics metrics = report_of(kFour).metrics;
  EXPECT_NEAR(metrics.classes[0].f1, 4.0 / 5, 1e-12);
  EXPECT_NEAR(metrics.classes[1].f1, 2.0 / 3, 1e-12);
  EXPECT_NEAR(metrics.f1, 11.0 / 15, 1e-12);
}

TEST(EvaluationReportTest, LogLossIsFiniteAlsoForWhatIsCertainAndWrong) {
  EXPECT_NEAR(report_of(kFour).metrics.loss, -(std::log(0.9) + std::log(0.5) + std::log(0.25)) / 4, 1e-6);
  EXPECT_NEAR(report_of({{0, 0.0f}}).metrics.loss, -std::log(1e-12), 1e-9);
}

TEST(EvaluationReportTest, RejectedAndUncertainAreCountedApart) {
  const EvaluationReport report = report_of({{0, 0.9f, 0.1f}, {0, 0.55f}, {1, 0.1f}});
  EXPECT_EQ(report.decisions.rejected, 1u);
  EXPECT_EQ(report.decisions.uncertain, 1u);
  EXPECT_EQ(report.decisions.decided_right, 1u);
  EXPECT_DOUBLE_EQ(report.metrics.accuracy, 1);
  const std::string text = evaluation_text(report);
  EXPECT_NE(text.find("Whatever the --threshold, more than 2 % are rejected.\n"), text.npos) << text;
  EXPECT_EQ(text.find("With --threshold"), text.npos) << "one of three is more than 2 %";
}

TEST(EvaluationReportTest, TheThresholdCountsRejectedPhotosAsAbstained) {
  // 2 % of 100 photos are 2: one is rejected, so one more is below.
  std::vector<Photo> photos = {{0, 0.9f, 0.1f}};
  for (int i = 1; i < 100; ++i) photos.push_back({0, 0.5f + 0.004f * static_cast<float>(i)});
  const EvaluationReport report = report_of(photos);
  EXPECT_NEAR(report.decisions.threshold, (0.504 + 0.508) / 2, 1e-6);
  // 0.504 to 0.596 are uncertain: 24 of the 99.
  EXPECT_EQ(report.decisions.uncertain, 24u);
  const std::string text = evaluation_text(report);
  EXPECT_NE(text.find("1 rejected (1.00 %), 24 uncertain (24.00 %); of the 75 others 75 (100.00 %) are classified "
                      "correctly.\nWith --threshold 0.5060 2 % would be rejected or uncertain.\n"),
            text.npos)
      << text;
  photos.resize(20);
  EXPECT_EQ(report_of({photos.begin() + 1, photos.end()}).decisions.threshold, 0) << "2 % of 19 photos are none";
}

TEST(EvaluationReportTest, NegativesAreDetectedOrUncertainOrNeither) {
  const EvaluationReport report = report_of(
      {{0, 0.9f}, {kNegative, 0.9f, 0.1f}, {kNegative, 0.55f}, {kNegative, 0.9f}, {kNegative, 0.9f, 0.1f, 0}});
  EXPECT_EQ(report.negatives.photos, 3u);
  EXPECT_EQ(report.negatives.rejected, 1u);
  EXPECT_EQ(report.negatives.uncertain, 1u);
  EXPECT_EQ(report.negatives.detected(), 2u);
  EXPECT_EQ(report.sources[1].detected, 2u);
  EXPECT_EQ(report.metrics.photos, 1u) << "no negative among the photos of the classes";
  const std::string text = evaluation_text(report);
  EXPECT_NE(
      text.find("2 of 3 negatives are detected: 66.67 % (95 % interval 20.77-93.85 %); 1 rejected, 1 uncertain.\n"),
      text.npos)
      << text;
  EXPECT_NE(text.find("source"), text.npos) << "the table by source";
  EXPECT_EQ(report_of(kFour).negatives.photos, 0u);
  EXPECT_EQ(evaluation_text(report_of(kFour)).find("source"), std::string::npos) << "nothing to part";
}

TEST(EvaluationReportTest, WilsonsIntervalIsNewcombes) {
  // Newcombe 1998 (Statistics in Medicine 17), table I: 81 of 263.
  const auto [low, high] = wilson_interval(81, 263);
  EXPECT_NEAR(low, 0.2553, 5e-5);
  EXPECT_NEAR(high, 0.3662, 5e-5);
}

TEST(EvaluationReportTest, EachCorruptionHasMetricsOfItsOwn) {
  const EvaluationReport report = report_of(kFour, true);
  ASSERT_EQ(report.corruptions.size(), corruption_names().size());
  EXPECT_EQ(report.corruptions[1].name, "dark");
  EXPECT_EQ(report.corruptions[1].metrics.photos, 4u);
  EXPECT_DOUBLE_EQ(report.corruptions[1].metrics.accuracy, 0.75);
  const nlohmann::ordered_json json = to_json(report);
  EXPECT_EQ(json["corruptions"]["grey"]["accuracy"], 0.75);
  EXPECT_EQ(json["corruptions"]["grey"]["decisions"]["uncertain"], 1);
  EXPECT_FALSE(to_json(report_of(kFour)).contains("corruptions"));
}

TEST(EvaluationReportTest, MetricsAreRecordedOnceForEachTestSet) {
  const nlohmann::ordered_json card = {
      {"name", "señal"}, {"metrics", {{{"test_set", "held out"}, {"accuracy", 1}}}}, {"licence", "MIT"}};
  const EvaluationReport report = report_of(kFour);
  auto recorded = with_test_set(card, "web photos", report_of({{0, 0.0f}}));
  recorded = with_test_set(recorded, "web photos", report);
  EXPECT_EQ(recorded.begin().key(), "name");
  EXPECT_EQ(recorded["licence"], "MIT");
  ASSERT_EQ(recorded["metrics"].size(), 2u);
  EXPECT_EQ(recorded["metrics"][0], card["metrics"][0]);
  const nlohmann::ordered_json one = recorded["metrics"][1], all = to_json(report);
  EXPECT_EQ(one["test_set"], "web photos");
  EXPECT_EQ(one["accuracy"], 0.75);
  for (const auto& [key, value] : one.items()) {
    if (key != "test_set") {
      EXPECT_EQ(value, all[key]) << key;
    }
  }
}

}  // namespace
}  // namespace catdog
