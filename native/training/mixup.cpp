#include "training/mixup.h"

#include <algorithm>
#include <cmath>

namespace catdog {
namespace {

constexpr std::uint64_t kMixStream = 4;

// Jöhnk 1964, for alpha up to 1.
double draw_beta(double alpha, Random& random) {
  for (;;) {
    const double x = std::pow(random.uniform(0, 1), 1 / alpha), y = std::pow(random.uniform(0, 1), 1 / alpha);
    if (x + y > 0 && x + y <= 1) return x / (x + y);
  }
}

}  // namespace

Mix draw_mix(const std::vector<std::size_t>& rows, std::size_t row, double alpha, std::uint64_t seed, int epoch) {
  Random random(seed, kMixStream + (static_cast<std::uint64_t>(epoch) << 8), row);
  const double share = draw_beta(alpha, random);
  return {rows[random.below(rows.size())], static_cast<float>(std::max(share, 1 - share))};
}

void mix_in(Batch& batch, const Batch& partners, const std::vector<float>& shares) {
  batch.shares = torch::tensor(shares);
  batch.partner_labels = partners.labels;
  batch.partner_rows = partners.rows;
  batch.photos = mixed(batch, batch.photos, partners.photos).contiguous(torch::MemoryFormat::ChannelsLast);
}

torch::Tensor mixed(const Batch& batch, const torch::Tensor& own, const torch::Tensor& partners) {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(own.dim()), 1);
  shape[0] = -1;
  return torch::lerp(partners, own, batch.shares.to(own.device()).view(shape));
}

}  // namespace catdog
