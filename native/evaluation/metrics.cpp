#include "evaluation/metrics.h"

#include <cmath>
#include <numeric>
#include <stdexcept>

namespace catdog {
namespace {

// A probability whose logarithm is finite.
double at_least_tiny(float probability) { return std::max(static_cast<double>(probability), 1e-12); }

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

// The chance that a member scores higher than another item (Mann-Whitney U), ties counted half.
template <class Score, class Member>
double roc_auc(std::size_t count, Score score, Member is_member) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score(a) < score(b); });
  double ranks = 0, members = 0;
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && score(order[end]) == score(order[begin])) ++end;
    const double rank = (static_cast<double>(begin) + 1 + static_cast<double>(end)) / 2;
    for (std::size_t i = begin; i < end; ++i) {
      if (is_member(order[i])) ranks += rank, ++members;
    }
  }
  const double others = static_cast<double>(count) - members;
  return ratio(ranks - members * (members + 1) / 2, members * others);
}

double weight_of(const std::vector<double>& weights, std::size_t i) { return weights.empty() ? 1 : weights[i]; }

// A value that the share `share` stays below, half-way between two of them.
float threshold_below(const std::vector<float>& values, double share, const std::vector<double>& weights) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  double all = 0, sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) all += weight_of(weights, i);
  std::size_t below = 0;
  constexpr double kRounding = 1e-9;
  while (below < order.size() && sum + weight_of(weights, order[below]) <= share * all + kRounding) {
    sum += weight_of(weights, order[below++]);
  }
  if (below == 0) return 0;
  if (below >= values.size()) return 1;
  return (values[order[below - 1]] + values[order[below]]) / 2;
}

}  // namespace

std::pair<double, double> wilson_interval(std::size_t part, std::size_t whole) {
  if (whole == 0) return {0, 1};
  constexpr double z = 1.959963984540054;
  const double count = static_cast<double>(whole), share = static_cast<double>(part) / count;
  const double centre = share + z * z / (2 * count);
  const double spread = z * std::sqrt(share * (1 - share) / count + z * z / (4 * count * count));
  const double scale = 1 + z * z / count;
  // Rounding would take the ends of 0 % and 100 % beyond them.
  return {std::max(0.0, (centre - spread) / scale), std::min(1.0, (centre + spread) / scale)};
}

void MetricsCollector::add(int label, const float* probabilities) {
  if (!std::all_of(probabilities, probabilities + classes_, [](float p) { return p >= 0 && p <= 1; })) {
    throw std::runtime_error("expected probabilities from the network, found what is no number from 0 to 1");
  }
  labels_.push_back(label);
  probabilities_.insert(probabilities_.end(), probabilities, probabilities + classes_);
}

double MetricsCollector::loss(std::size_t i) const { return -std::log(at_least_tiny(probabilities(i)[label(i)])); }

Metrics MetricsCollector::finish() const {
  Metrics metrics;
  metrics.photos = labels_.size();
  metrics.confusion.assign(classes_, std::vector<std::size_t>(classes_, 0));
  std::size_t right = 0;
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    ++metrics.confusion[labels_[i]][said(i)];
    right += said(i) == labels_[i];
    metrics.loss += loss(i);
  }
  const double count = static_cast<double>(metrics.photos);
  metrics.loss = ratio(metrics.loss, count);
  metrics.accuracy = ratio(static_cast<double>(right), count);
  metrics.accuracy_interval = wilson_interval(right, metrics.photos);
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

double MetricsCollector::class_auc(int class_id) const {
  return roc_auc(
      labels_.size(), [&](std::size_t i) { return probabilities_[i * classes_ + class_id]; },
      [&](std::size_t i) { return labels_[i] == class_id; });
}

float MetricsCollector::confidence_threshold(double share, const std::vector<bool>& refused,
                                             const std::vector<double>& weights) const {
  std::vector<float> confidences;
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    confidences.push_back(!refused.empty() && refused[i] ? 0 : probabilities(i)[said(i)]);
  }
  return threshold_below(confidences, share, weights);
}

double MetricsCollector::best_temperature(const std::vector<double>& weights) const {
  const auto loss = [&](double temperature) {
    double sum = 0;
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      double total = 0, own = 0;
      for (int c = 0; c < classes_; ++c) {
        const double p = at_least_tiny(probabilities(i)[c]);
        const double cooled = std::pow(p, 1 / temperature);
        total += cooled;
        if (c == labels_[i]) own = cooled;
      }
      sum -= weight_of(weights, i) * std::log(own / total);
    }
    return sum;
  };
  // The loss has one valley in the logarithm of the temperature: golden-section search.
  constexpr double kRatio = 0.6180339887498949;
  double low = std::log(0.05), high = std::log(20);
  for (int i = 0; i < 40; ++i) {
    const double left = high - kRatio * (high - low), right = low + kRatio * (high - low);
    if (loss(std::exp(left)) < loss(std::exp(right))) {
      high = right;
    } else {
      low = left;
    }
  }
  return std::exp((low + high) / 2);
}

PresenceMetrics presence_metrics(const std::vector<float>& photos, const std::vector<float>& others, double refused,
                                 const std::vector<double>& weights) {
  return presence_at(threshold_below(photos, refused, weights), photos, others);
}

PresenceMetrics presence_at(double threshold, const std::vector<float>& photos, const std::vector<float>& others) {
  PresenceMetrics metrics;
  metrics.photos = photos.size(), metrics.others = others.size();
  metrics.threshold = threshold;
  const auto share_below = [&](const std::vector<float>& values) {
    const auto below = [&](float value) { return value < static_cast<float>(metrics.threshold); };
    return ratio(static_cast<double>(std::count_if(values.begin(), values.end(), below)),
                 static_cast<double>(values.size()));
  };
  metrics.refused = share_below(photos), metrics.flagged = share_below(others);
  std::vector<float> scores = photos;
  scores.insert(scores.end(), others.begin(), others.end());
  metrics.roc_auc = roc_auc(
      scores.size(), [&](std::size_t i) { return scores[i]; }, [&](std::size_t i) { return i < photos.size(); });
  return metrics;
}

}  // namespace catdog
