#include "evaluation/intervals.h"

#include <algorithm>
#include <random>
#include <vector>

namespace catdog {
namespace {

constexpr std::size_t kDraws = 400;

std::pair<double, double> middle_95_percent(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t outside = values.size() / 40;
  return {values[outside], values[values.size() - 1 - outside]};
}

}  // namespace

Intervals bootstrap_intervals(const MetricsCollector& collected) {
  if (collected.size() == 0) return {};
  std::mt19937_64 random(1);  // its numbers are the same everywhere; those of std's distributions are not
  std::vector<double> f1, roc_auc, log_loss, ece;
  for (std::size_t draw = 0; draw < kDraws; ++draw) {
    MetricsCollector drawn(collected.classes());
    for (std::size_t i = 0; i < collected.size(); ++i) {
      const std::size_t photo = random() % collected.size();
      drawn.add(collected.label(photo), collected.probabilities(photo));
    }
    const Metrics metrics = drawn.finish();
    f1.push_back(metrics.f1);
    roc_auc.push_back(metrics.roc_auc);
    log_loss.push_back(metrics.loss);
    ece.push_back(metrics.ece);
  }
  return {middle_95_percent(f1), middle_95_percent(roc_auc), middle_95_percent(log_loss), middle_95_percent(ece)};
}

}  // namespace catdog
