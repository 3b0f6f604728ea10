#include "training/data/batches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace catdog {
namespace {

std::vector<std::size_t> many_rows() {
  std::vector<std::size_t> rows(1000);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

TEST(BatchesTest, OrderDependsOnSeedAndEpochAlone) {
  const auto rows = many_rows();
  EXPECT_EQ(epoch_order(rows, 1, 4), epoch_order(rows, 1, 4));
  EXPECT_NE(epoch_order(rows, 1, 4), epoch_order(rows, 1, 5));
  EXPECT_NE(epoch_order(rows, 1, 4), epoch_order(rows, 2, 4));
}

TEST(BatchesTest, EveryRowComesUpOnceInAnEpoch) {
  auto order = epoch_order(many_rows(), 7, 0);
  std::vector<std::size_t> seen;
  for (std::size_t i = 0; i < batch_count(order.size(), 64); ++i) {
    const auto batch = batch_of(order, 64, i);
    EXPECT_LE(batch.size(), 65u);
    seen.insert(seen.end(), batch.begin(), batch.end());
  }
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, many_rows());
}

TEST(BatchesTest, NoBatchHasALonePhotoButThatOfASinglePhoto) {
  for (std::size_t count = 0; count < 40; ++count) {
    const std::vector<std::size_t> rows(count, 7);
    std::size_t seen = 0;
    for (std::size_t i = 0; i < batch_count(rows.size(), 8); ++i) {
      const std::size_t size = batch_of(rows, 8, i).size();
      EXPECT_TRUE(size > 1 || count == 1) << count;
      EXPECT_LE(size, 9u);
      seen += size;
    }
    EXPECT_EQ(seen, count);
  }
}

}  // namespace
}  // namespace catdog
