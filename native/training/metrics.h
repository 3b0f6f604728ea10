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

  // What was added, in order.
  const std::vector<int>& labels() const { return labels_; }
  const std::vector<float>& probabilities() const { return probabilities_; }  // of each photo one for each class
  // A confidence that the share `share` of the photos stay below. It lies half-way between two photos' confidences, so
  // that another engine's rounding does not move a photo across it.
  float confidence_threshold(double share) const;
  // The temperature that makes the probabilities fit best: the one of least log-loss when logits are divided by it
  // (Guo et al. 2017, "On calibration of modern neural networks").
  double best_temperature() const;

 private:
  double class_auc(int class_id) const;

  int classes_;
  std::vector<int> labels_;
  std::vector<float> probabilities_;
};

// How well the probability that any of the classes is in the picture tells photos with one from others.
struct PresenceMetrics {
  std::size_t photos = 0, others = 0;
  double threshold = 0;  // below it a photo is of neither class
  double refused = 0;    // share of the photos below
  double flagged = 0;    // share of the others below
  double roc_auc = 0;
};
// The threshold is the one that refuses the share `refused` of `photos`.
PresenceMetrics presence_metrics(const std::vector<float>& photos, const std::vector<float>& others, double refused);

}  // namespace catdog
