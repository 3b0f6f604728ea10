#include "training/data/data_pruning.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "training/data/random.h"

namespace catdog {
namespace {

constexpr std::uint64_t kEasyStream = 5;

// Of the photos that have been seen.
double mean_loss(const std::vector<std::size_t>& rows, const LastLosses& losses) {
  double sum = 0;
  std::size_t seen = 0;
  for (const std::size_t row : rows) {
    if (!std::isfinite(losses[row])) continue;
    sum += losses[row];
    ++seen;
  }
  return seen == 0 ? 0 : sum / static_cast<double>(seen);
}

}  // namespace

void remember_losses(const MetricsCollector& seen, const std::vector<std::size_t>& rows, std::size_t store_rows,
                     LastLosses& losses) {
  losses.resize(store_rows, std::numeric_limits<float>::infinity());
  const std::size_t count = std::min(seen.size(), rows.size());
  for (std::size_t i = 0; i < count; ++i) losses[rows[i]] = static_cast<float>(seen.loss(i));
}

std::vector<float> leave_out_easy(std::vector<std::size_t>& rows, const LastLosses& losses, double share,
                                  std::uint64_t seed, int epoch) {
  if (losses.empty() || share <= 0) return {};
  const double mean = mean_loss(rows, losses);
  const auto easy_counts = static_cast<float>(1 / (1 - share));
  const std::uint64_t stream = kEasyStream + (static_cast<std::uint64_t>(epoch) << 8);
  std::vector<std::size_t> kept;
  std::vector<float> counts;
  for (const std::size_t row : rows) {
    const bool easy = losses[row] < mean;
    if (easy && Random(seed, stream, row).chance(share)) continue;
    kept.push_back(row);
    counts.push_back(easy ? easy_counts : 1);
  }
  rows = std::move(kept);
  return counts;
}

}  // namespace catdog
