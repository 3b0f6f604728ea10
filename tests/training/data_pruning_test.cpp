// Photos that the network knows, of which an epoch leaves some out.
#include "training/data/data_pruning.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "training/train_options.h"

namespace catdog {
namespace {

constexpr float kNever = std::numeric_limits<float>::infinity();

std::vector<std::size_t> rows_up_to(std::size_t count) {
  std::vector<std::size_t> rows(count);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

TEST(EasyPhotosTest, WhatWasSaidOfAPhotoBecomesItsLoss) {
  MetricsCollector seen(2);
  const float sure[] = {0.9f, 0.1f}, wrong[] = {1, 0};
  seen.add(0, sure);
  seen.add(1, sure);
  seen.add(1, wrong);
  LastLosses losses;
  remember_losses(seen, {4, 2, 0}, 6, losses);
  ASSERT_EQ(losses.size(), 6u);
  EXPECT_FLOAT_EQ(losses[4], -std::log(0.9f));
  EXPECT_FLOAT_EQ(losses[2], -std::log(0.1f));
  EXPECT_TRUE(std::isfinite(losses[0]) && losses[0] > 10) << losses[0];
  for (const std::size_t row : {1, 3, 5}) EXPECT_EQ(losses[row], kNever);
  MetricsCollector again(2);
  again.add(1, wrong);
  remember_losses(again, {4}, 6, losses);
  EXPECT_GT(losses[4], 10);
  EXPECT_FLOAT_EQ(losses[2], -std::log(0.1f)) << "what is not seen again is kept";
}

TEST(EasyPhotosTest, NothingIsLeftOutBeforeAnythingIsKnownOrWithoutAShare) {
  auto rows = rows_up_to(10);
  EXPECT_TRUE(leave_out_easy(rows, {}, 0.5, 1, 0).empty());
  EXPECT_TRUE(leave_out_easy(rows, LastLosses(10, 1.0f), 0, 1, 0).empty());
  EXPECT_EQ(rows, rows_up_to(10));
}

TEST(EasyPhotosTest, HardAndNewPhotosStayAndEasyOnesCountForThoseLeftOut) {
  constexpr std::size_t kPhotos = 20000;
  LastLosses losses(kPhotos, 0.01f);
  for (std::size_t row = 0; row < kPhotos; row += 10) losses[row] = row % 20 == 0 ? 3.0f : kNever;
  for (const double share : {0.3, 0.7}) {
    auto rows = rows_up_to(kPhotos);
    const auto counts = leave_out_easy(rows, losses, share, 1, 4);
    ASSERT_EQ(counts.size(), rows.size());
    std::size_t hard = 0;
    double whole = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      whole += counts[i];
      if (rows[i] % 10 != 0) {
        EXPECT_FLOAT_EQ(counts[i], static_cast<float>(1 / (1 - share)));
      } else {
        EXPECT_EQ(counts[i], 1);
        ++hard;
      }
    }
    EXPECT_EQ(hard, kPhotos / 10);
    EXPECT_NEAR(static_cast<double>(rows.size() - hard), (1 - share) * 0.9 * kPhotos, 0.02 * kPhotos);
    EXPECT_NEAR(whole, kPhotos, 0.04 * kPhotos);
  }
}

TEST(EasyPhotosTest, TheChoiceKeepsTheOrderAndDependsOnSeedAndEpochAlone) {
  const auto chosen = [](std::uint64_t seed, int epoch) {
    std::vector<std::size_t> rows = {7, 3, 9, 1, 0, 2, 8, 6, 4, 5};
    LastLosses losses(10, 0.1f);
    losses[9] = 2;
    leave_out_easy(rows, losses, 0.5, seed, epoch);
    return rows;
  };
  EXPECT_EQ(chosen(1, 2), chosen(1, 2));
  EXPECT_NE(chosen(1, 2), chosen(1, 3));
  EXPECT_NE(chosen(1, 2), chosen(2, 2));
  std::vector<std::size_t> order = {7, 3, 9, 1, 0, 2, 8, 6, 4, 5};
  std::size_t at = 0;
  for (const std::size_t row : chosen(1, 2)) {
    while (at < order.size() && order[at] != row) ++at;
    ASSERT_LT(at, order.size()) << "out of order: " << row;
  }
}

TEST(EasyPhotosTest, TheLastEpochsSeeEveryPhoto) {
  TrainOptions options;
  options.epochs = 16;
  options.data.prune_easy = 0.5;
  for (int epoch = 0; epoch < 16; ++epoch) EXPECT_EQ(pruned_share(options, epoch), epoch < 14 ? 0.5 : 0) << epoch;
  options.epochs = 1;
  EXPECT_EQ(pruned_share(options, 0), 0);
}

}  // namespace
}  // namespace catdog
