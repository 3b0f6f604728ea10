#include "evaluation/curves.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluation/metrics.h"

namespace catdog {

std::vector<ReliabilityBin> reliability_bins(const MetricsCollector& collected) {
  std::vector<ReliabilityBin> bins(kReliabilityBins);
  for (int i = 0; i < kReliabilityBins; ++i) {
    bins[i].low = static_cast<double>(i) / kReliabilityBins;
    bins[i].high = static_cast<double>(i + 1) / kReliabilityBins;
  }
  for (std::size_t i = 0; i < collected.size(); ++i) {
    const double confidence = collected.probabilities(i)[collected.said(i)];
    const int bin = std::clamp(static_cast<int>(std::ceil(confidence * kReliabilityBins)) - 1, 0, kReliabilityBins - 1);
    ++bins[bin].photos;
    bins[bin].confidence += confidence;
    bins[bin].accuracy += collected.said(i) == collected.label(i);
  }
  for (ReliabilityBin& bin : bins) {
    if (bin.photos == 0) continue;
    bin.confidence /= static_cast<double>(bin.photos);
    bin.accuracy /= static_cast<double>(bin.photos);
  }
  return bins;
}

double expected_calibration_error(const std::vector<ReliabilityBin>& bins) {
  double error = 0, photos = 0;
  for (const ReliabilityBin& bin : bins) {
    photos += static_cast<double>(bin.photos);
    error += static_cast<double>(bin.photos) * std::abs(bin.confidence - bin.accuracy);
  }
  return photos > 0 ? error / photos : 0;
}

std::vector<RocPoint> roc_curve(const MetricsCollector& collected, int class_id, std::size_t most) {
  std::vector<std::size_t> order(collected.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto score = [&](std::size_t i) { return collected.probabilities(i)[class_id]; };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score(a) > score(b); });
  double members = 0;
  for (const std::size_t i : order) members += collected.label(i) == class_id;
  const double others = static_cast<double>(order.size()) - members;
  std::vector<RocPoint> curve = {{0, 0}};
  double hits = 0, false_alarms = 0;
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    for (; end < order.size() && score(order[end]) == score(order[begin]); ++end) {
      ++(collected.label(order[end]) == class_id ? hits : false_alarms);
    }
    curve.push_back({others > 0 ? false_alarms / others : 0, members > 0 ? hits / members : 0});
  }
  if (curve.size() <= most) return curve;
  // From (0, 0) to (1, 1) is a way of 2, along the axes; one point for each equal part of it.
  std::vector<RocPoint> thinned;
  const double part = 2.0 / static_cast<double>(most - 1);
  for (const RocPoint& point : curve) {
    if (point.false_positives + point.true_positives >= part * static_cast<double>(thinned.size()) - 1e-9) {
      thinned.push_back(point);
    }
  }
  if (thinned.back().false_positives < 1 || thinned.back().true_positives < 1) thinned.push_back(curve.back());
  return thinned;
}

}  // namespace catdog
