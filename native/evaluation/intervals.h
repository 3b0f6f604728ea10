// How far figures may be off by chance: 95 % intervals.
#pragma once

#include <utility>

#include "evaluation/metrics.h"

namespace catdog {

struct Intervals {
  std::pair<double, double> f1, roc_auc, log_loss, ece;
};

// By the percentile bootstrap (Efron 1979): the figures of photos drawn from these, with replacement, 400 times. The
// same photos give the same intervals. Accuracy has its own, exact enough without drawing (Metrics).
Intervals bootstrap_intervals(const MetricsCollector& collected);

}  // namespace catdog
