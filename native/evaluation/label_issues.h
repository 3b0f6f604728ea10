// Photos whose label is probably wrong, by confident learning (Northcutt, Jiang & Chuang 2021, "Confident learning:
// estimating uncertainty in dataset labels").
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "evaluation/metrics.h"
#include "evaluation/test_set.h"

namespace catdog {

struct LabelIssue {
  std::size_t photo = 0;        // index in the collector
  int label = 0;                // the given one
  int likely = 0;               // the one that it probably should have
  float given_probability = 0;  // probability of the given label, by networks that did not learn from the photo
  float likely_probability = 0;
};

// The thresholds: for each class, the mean probability of the class over the photos labelled so (their
// self-confidence).
std::vector<double> class_thresholds(const MetricsCollector& collected);

// A label is at issue where it is less probable than is usual for that label, and another one at least
// as probable as is usual for that other, and more probable than the given one. No count is given: the data decide. The
// worst first, by normalised margin (probability of the given label less that of the likely one).
std::vector<LabelIssue> find_label_issues(const MetricsCollector& collected);

// path,label,likely_label,label_confidence,likely_confidence. `rows`: of the set, for each photo of the collector.
void write_label_issues(const std::filesystem::path& file, const std::vector<LabelIssue>& issues, const TestSet& set,
                        const std::vector<std::size_t>& rows);

}  // namespace catdog
