#include "evaluation/metrics.h"

#include <cmath>
#include <numeric>
#include <stdexcept>

namespace catdog {
namespace {

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

// Wilson score interval, 95 %.
std::pair<double, double> wilson(double share, double count) {
  if (count == 0) return {0, 1};
  constexpr double z = 1.959963984540054;
  const double centre = share + z * z / (2 * count);
  const double spread = z * std::sqrt(share * (1 - share) / count + z * z / (4 * count * count));
  const double scale = 1 + z * z / count;
  return {(centre - spread) / scale, (centre + spread) / scale};
}

}  // namespace

void MetricsCollector::add(int label, const float* probabilities) {
  if (!std::all_of(probabilities, probabilities + classes_, [](float p) { return p >= 0 && p <= 1; })) {
    throw std::runtime_error("expected probabilities from the network, found what is no number from 0 to 1");
  }
  labels_.push_back(label);
  probabilities_.insert(probabilities_.end(), probabilities, probabilities + classes_);
}

Metrics MetricsCollector::finish() const {
  Metrics metrics;
  metrics.photos = labels_.size();
  metrics.confusion.assign(classes_, std::vector<std::size_t>(classes_, 0));
  std::size_t right = 0;
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    ++metrics.confusion[labels_[i]][said(i)];
    right += said(i) == labels_[i];
    metrics.loss -= std::log(std::max(static_cast<double>(probabilities(i)[labels_[i]]), 1e-12));
  }
  const double count = static_cast<double>(metrics.photos);
  metrics.loss = ratio(metrics.loss, count);
  metrics.accuracy = ratio(static_cast<double>(right), count);
  metrics.accuracy_interval = wilson(metrics.accuracy, count);
  for (int c = 0; c < classes_; ++c) {
    ClassMetrics one;
    std::size_t predicted = 0;
    for (int other = 0; other < classes_; ++other) {
      one.photos += metrics.confusion[c][other];
      predicted += metrics.confusion[other][c];
    }
    const double hits = static_cast<double>(metrics.confusion[c][c]);
    one.precision = ratio(hits, static_cast<double>(predicted));
    one.recall = ratio(hits, static_cast<double>(one.photos));
    one.f1 = ratio(2 * one.precision * one.recall, one.precision + one.recall);
    one.roc_auc = class_auc(c);
    metrics.f1 += one.f1 / classes_;
    metrics.roc_auc += one.roc_auc / classes_;
    metrics.classes.push_back(one);
  }
  metrics.reliability = reliability_bins(*this);
  metrics.ece = expected_calibration_error(metrics.reliability);
  return metrics;
}

// The chance that a photo of the class scores higher than one of another (Mann-Whitney U), ties counted half.
double MetricsCollector::class_auc(int class_id) const {
  std::vector<std::size_t> order(labels_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto score = [&](std::size_t i) { return probabilities_[i * classes_ + class_id]; };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score(a) < score(b); });
  double ranks = 0, members = 0;
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && score(order[end]) == score(order[begin])) ++end;
    const double rank = (static_cast<double>(begin) + 1 + static_cast<double>(end)) / 2;
    for (std::size_t i = begin; i < end; ++i) {
      if (labels_[order[i]] == class_id) ranks += rank, ++members;
    }
  }
  const double others = static_cast<double>(order.size()) - members;
  return ratio(ranks - members * (members + 1) / 2, members * others);
}

float MetricsCollector::confidence_threshold(double share) const {
  std::vector<float> confidences;
  for (std::size_t i = 0; i < labels_.size(); ++i) confidences.push_back(probabilities(i)[said(i)]);
  std::sort(confidences.begin(), confidences.end());
  const auto below = static_cast<std::size_t>(share * static_cast<double>(confidences.size()));
  if (below == 0) return 0;
  if (below >= confidences.size()) return 1;
  return (confidences[below - 1] + confidences[below]) / 2;
}

}  // namespace catdog
