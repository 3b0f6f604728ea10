// How good predictions are.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "evaluation/curves.h"

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
  double ece = 0;  // expected calibration error
  std::vector<ReliabilityBin> reliability;
};

// Of the share part / whole, 95 % (Wilson 1927); of nothing it is (0, 1).
std::pair<double, double> wilson_interval(std::size_t part, std::size_t whole);

// Collects predictions, one photo at a time.
class MetricsCollector {
 public:
  explicit MetricsCollector(int classes) : classes_(classes) {}
  // `probabilities`: one for each class. Throws std::runtime_error where one is not from 0 to 1.
  void add(int label, const float* probabilities);
  Metrics finish() const;

  // The photos in the order of their addition.
  std::size_t size() const { return labels_.size(); }
  int classes() const { return classes_; }
  int label(std::size_t i) const { return labels_[i]; }
  const float* probabilities(std::size_t i) const { return probabilities_.data() + i * classes_; }
  double loss(std::size_t i) const;  // cross-entropy of its label; finite where that has probability 0
  int said(std::size_t i) const {    // the most probable class
    return static_cast<int>(std::max_element(probabilities(i), probabilities(i) + classes_) - probabilities(i));
  }

  // A confidence that the share `share` of the photos stay below. It lies half-way between two photos' confidences, so
  // that another engine's rounding does not move a photo across it. `refused`: which photos are below whatever their
  // confidence; empty: none. `weights`: how much each photo counts; empty: all alike.
  float confidence_threshold(double share, const std::vector<bool>& refused = {},
                             const std::vector<double>& weights = {}) const;
  // The temperature that makes the probabilities fit best: the one of least log-loss when logits are divided by it
  // (Guo et al. 2017, "On calibration of modern neural networks"). `weights`: as above.
  double best_temperature(const std::vector<double>& weights = {}) const;

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
// The threshold is the one that refuses the share `refused` of `photos`, of which each counts as `weights` says; empty:
// all alike.
PresenceMetrics presence_metrics(const std::vector<float>& photos, const std::vector<float>& others, double refused,
                                 const std::vector<double>& weights = {});
// At a threshold that is given.
PresenceMetrics presence_at(double threshold, const std::vector<float>& photos, const std::vector<float>& others);

}  // namespace catdog
