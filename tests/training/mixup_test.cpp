// Photos laid over each other.
#include "training/mixup.h"

#include <gtest/gtest.h>

#include <numeric>

namespace catdog {
namespace {

std::vector<std::size_t> rows_up_to(std::size_t count) {
  std::vector<std::size_t> rows(count);
  std::iota(rows.begin(), rows.end(), std::size_t{100});
  return rows;
}

TEST(MixupTest, DependsOnSeedEpochAndPhotoAlone) {
  const auto rows = rows_up_to(1000);
  const Mix mix = draw_mix(rows, 7, 0.4, 1, 2), same = draw_mix(rows, 7, 0.4, 1, 2);
  EXPECT_EQ(mix.partner, same.partner);
  EXPECT_EQ(mix.share, same.share);
  EXPECT_NE(mix.share, draw_mix(rows, 8, 0.4, 1, 2).share);
  EXPECT_NE(mix.share, draw_mix(rows, 7, 0.4, 1, 3).share);
  EXPECT_NE(mix.share, draw_mix(rows, 7, 0.4, 2, 2).share);
}

TEST(MixupTest, SharesFollowTheBetaDistribution) {
  const auto rows = rows_up_to(50);
  for (const double alpha : {0.2, 0.5, 1.0}) {
    double sum = 0;
    constexpr int kDraws = 20000;
    for (std::size_t row = 0; row < kDraws; ++row) {
      const Mix mix = draw_mix(rows, row, alpha, 3, 0);
      ASSERT_TRUE(mix.share >= 0.5f && mix.share <= 1.0f) << mix.share;
      ASSERT_TRUE(mix.partner >= 100 && mix.partner < 150) << mix.partner;
      sum += (mix.share - 0.5) * (mix.share - 0.5);
    }
    // The variance of Beta(a, a) is 1 / (4 (2a + 1)).
    EXPECT_NEAR(sum / kDraws, 1 / (4 * (2 * alpha + 1)), 0.003) << alpha;
  }
}

TEST(MixupTest, PhotosAndWhatIsKnownOfThemAreMixedAlike) {
  Batch batch, partners;
  batch.photos = torch::zeros({2, 3, 4, 4});
  partners.photos = torch::ones({2, 3, 4, 4});
  batch.labels = torch::tensor({0, 1}, torch::kLong);
  partners.labels = torch::tensor({1, 1}, torch::kLong);
  partners.rows = {5, 6};
  mix_in(batch, partners, {0.75f, 1.0f});
  EXPECT_TRUE(batch.photos[0].eq(0.25).all().item<bool>());
  EXPECT_TRUE(batch.photos[1].eq(0).all().item<bool>());
  EXPECT_EQ(batch.partner_rows, (std::vector<std::int64_t>{5, 6}));
  const torch::Tensor target = mixed(batch, torch::one_hot(batch.labels, 2).to(torch::kFloat),
                                     torch::one_hot(batch.partner_labels, 2).to(torch::kFloat));
  EXPECT_TRUE(target.equal(torch::tensor({{0.75f, 0.25f}, {0.0f, 1.0f}})));
}

}  // namespace
}  // namespace catdog
