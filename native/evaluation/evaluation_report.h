// What an evaluation finds, as data; evaluation_text.h makes sentences of it.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "catdog/model/prediction.h"
#include "evaluation/by_source.h"
#include "evaluation/label_issues.h"
#include "evaluation/metrics.h"
#include "evaluation/predict_rows.h"
#include "evaluation/test_set.h"

namespace catdog {

inline constexpr double kAbstainedShare = 0.02;  // of photos of the classes, rejected or uncertain

// What is decided on photos of the classes.
struct Decisions {
  std::size_t rejected = 0;       // below the presence threshold
  std::size_t uncertain = 0;      // of the others, below the confidence threshold
  std::size_t decided_right = 0;  // of the others, those whose class it is
  double threshold = 0;           // of confidence: with it kAbstainedShare of the photos would be rejected or uncertain
};

// What is decided on photos of none of them.
struct NegativeDecisions {
  std::size_t photos = 0;
  std::size_t rejected = 0;   // below the presence threshold
  std::size_t uncertain = 0;  // of the others, below the confidence threshold
  std::size_t detected() const { return rejected + uncertain; }
};

struct CorruptionReport {
  std::string name;
  Metrics metrics;
  Decisions decisions;
};

struct EvaluationReport {
  std::string test_set;             // "photos of PetImages that were held out from training"
  std::vector<std::string> labels;  // of the classes
  std::vector<std::string> models;  // the folders, as the user named them
  std::string data_digest, exclusions_digest_of;
  std::size_t unreadable = 0;
  std::string first_unreadable;                                           // its path and why
  StorePredictions predictions{{}, MetricsCollector(0), {}, {}, {}, {}};  // of the photos measured on
  Metrics metrics;
  Decisions decisions;
  NegativeDecisions negatives;
  std::vector<SourceMetrics> sources;
  std::vector<CorruptionReport> corruptions;
  std::vector<LabelIssue> label_issues;
  bool all_judged = true;  // false: some photos are left, which every model learned from
};

// What is said of photos, row by row of the set, in order of rows; rows of which no model was asked are left out.
StorePredictions collect(const TestSet& set, const std::vector<PhotoPrediction>& predictions);

// Adds all that follows from predictions. `corrupted`: of each corruption, in the order of corruption_names(), as
// `predictions`; may be empty.
void add_metrics(EvaluationReport& report, const TestSet& set, const std::vector<PhotoPrediction>& predictions,
                 const std::vector<std::vector<PhotoPrediction>>& corrupted, const Thresholds& thresholds);

// Shares are of 1. What there is not (negatives, corruptions), has no key.
nlohmann::ordered_json to_json(const EvaluationReport& report);

// A model.json with the metrics of one more test set, or with new ones of one of that name.
nlohmann::ordered_json with_test_set(nlohmann::ordered_json card, const std::string& name,
                                     const EvaluationReport& report);

}  // namespace catdog
