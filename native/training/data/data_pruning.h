// Photos that a network knows already, of which an epoch can leave some out: most of a training's time goes into them.
#pragma once

#include <cstdint>
#include <vector>

#include "evaluation/metrics.h"

namespace catdog {

// The cross-entropy of each photo's label when it was last trained on, by its row of the store; infinity before. Empty:
// nothing has been trained on.
using LastLosses = std::vector<float>;

// What `seen` says of the photos `rows`, in that order, becomes their last loss. `store_rows`: how many the store has.
void remember_losses(const MetricsCollector& seen, const std::vector<std::size_t>& rows, std::size_t store_rows,
                     LastLosses& losses);

// Leaves out of `rows` a share of the photos whose last loss is below the mean, chosen by chance, and returns what each
// of those kept counts in the loss: the easy ones 1 / (1 - share), so that the expected gradient is that of all photos
// (Qin et al. 2024, "InfoBatch"). Empty: each counts as one, none is left out. `share`: from 0 to below 1. The choice
// depends on the losses, the seed and the epoch alone.
std::vector<float> leave_out_easy(std::vector<std::size_t>& rows, const LastLosses& losses, double share,
                                  std::uint64_t seed, int epoch);

}  // namespace catdog
