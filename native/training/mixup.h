// Photos laid over each other, and their labels with them (Zhang et al. 2018, "mixup: Beyond empirical risk
// minimization").
#pragma once

#include "training/batches.h"

namespace catdog {

// Which photo is laid over another, and how much of the picture the first one keeps: at least half. Depends on the
// seed, the epoch and the photo alone.
struct Mix {
  std::size_t partner = 0;  // a row, drawn from `rows`
  float share = 1;
};
// `alpha`: from 0 (exclusive) to 1; shares follow Beta(alpha, alpha), so the smaller it is the fewer photos change
// much.
Mix draw_mix(const std::vector<std::size_t>& rows, std::size_t row, double alpha, std::uint64_t seed, int epoch);

// Lays the photos of `partners` over those of `batch`; shares[i]: what the i-th photo of `batch` keeps.
void mix_in(Batch& batch, const Batch& partners, const std::vector<float>& shares);

// Mixes what is known of the photos of a batch with what is known of their partners: both N×M, or N.
torch::Tensor mixed(const Batch& batch, const torch::Tensor& own, const torch::Tensor& partners);

}  // namespace catdog
