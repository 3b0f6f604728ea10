// What a single figure hides: calibration bin by bin, and the ROC curve.
#pragma once

#include <cstddef>
#include <vector>

namespace catdog {

class MetricsCollector;

inline constexpr int kReliabilityBins = 15;  // as in Guo et al. 2017, "On calibration of modern neural networks"

// The photos whose winner's confidence lies in (low, high].
struct ReliabilityBin {
  double low = 0, high = 0;
  std::size_t photos = 0;
  double confidence = 0;  // mean; 0 where there are no photos
  double accuracy = 0;
};

std::vector<ReliabilityBin> reliability_bins(const MetricsCollector& collected);

// Expected calibration error: the mean distance between confidence and accuracy, each bin weighing as its photos.
double expected_calibration_error(const std::vector<ReliabilityBin>& bins);

struct RocPoint {
  double false_positives = 0;  // rates, 0 to 1
  double true_positives = 0;
};

// Of one class against the others, from (0, 0) to (1, 1), one point for each threshold; photos of the same score are
// one step. Of more than `most` points those are kept that lie evenly along the curve.
std::vector<RocPoint> roc_curve(const MetricsCollector& collected, int class_id, std::size_t most = 200);

}  // namespace catdog
