// How good predictions are.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace catdog {

struct ClassMetrics {
  double precision = 0;
  double recall = 0;
  double f1 = 0;
  double roc_auc = 0;  // this class against the others
  std::size_t photos = 0;
};

struct Metrics {
  std::size_t photos = 0;
  double loss = 0;  // mean cross-entropy, natural logarithm
  double accuracy = 0;
  std::pair<double, double> accuracy_interval;      // 95 %, Wilson 1927
  double f1 = 0;                                    // mean over the classes (macro F1)
  double roc_auc = 0;                               // mean over the classes; of two classes both are the same
  std::vector<std::vector<std::size_t>> confusion;  // [true class][predicted class]
  std::vector<ClassMetrics> classes;
};

// Collects predictions, one photo at a time.
class MetricsCollector {
 public:
  explicit MetricsCollector(int classes) : classes_(classes) {}
  // `probabilities`: one for each class.
  void add(int label, const float* probabilities);
  Metrics finish() const;
  // A confidence that the share `share` of the photos stay below. It lies half-way between two photos' confidences, so
  // that another engine's rounding does not move a photo across it.
  float confidence_threshold(double share) const;

 private:
  double class_auc(int class_id) const;

  int classes_;
  std::vector<int> labels_;
  std::vector<float> probabilities_;
};

}  // namespace catdog
