// Work on all cores, results in order, memory bounded, failures heard.
#include "support/ordered_parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

namespace catdog {
namespace {

// Uneven work, so that results become ready out of order.
void dawdle(std::size_t item) { std::this_thread::sleep_for(std::chrono::microseconds(item * 7919 % 400)); }

TEST(OrderedParallelTest, TakesEveryResultInOrder) {
  for (const std::size_t count : {0, 1, 2, 63, 500}) {
    for (const int threads : {0, 1, 2, 7}) {
      for (const std::size_t ahead : {1, 3, 64}) {
        std::vector<std::size_t> taken;
        ordered_parallel(
            count, threads, ahead,
            [](std::size_t item) {
              dawdle(item);
              return std::make_unique<std::size_t>(item * 3);  // only movable
            },
            [&](std::size_t item, std::unique_ptr<std::size_t> value) {
              EXPECT_EQ(*value, item * 3);
              taken.push_back(item);
            });
        ASSERT_EQ(taken.size(), count);
        for (std::size_t item = 0; item < count; ++item) EXPECT_EQ(taken[item], item);
      }
    }
  }
}

TEST(OrderedParallelTest, KeepsAtMostSoManyAhead) {
  constexpr std::size_t kAhead = 5;
  std::atomic<std::size_t> started{0}, most{0};
  std::size_t taken = 0;
  ordered_parallel(
      200, 4, kAhead,
      [&](std::size_t item) {
        ++started;
        return item;
      },
      [&](std::size_t, std::size_t) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
        most = std::max<std::size_t>(most, started - ++taken);
      });
  EXPECT_LE(most, kAhead);
  EXPECT_GT(most, 0u);
}

TEST(OrderedParallelTest, WorksOnSeveralThreads) {
  std::mutex mutex;
  std::vector<std::thread::id> seen;
  ordered_parallel(
      64, 4, 64,
      [&](std::size_t) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        const std::lock_guard lock(mutex);
        if (std::find(seen.begin(), seen.end(), std::this_thread::get_id()) == seen.end()) {
          seen.push_back(std::this_thread::get_id());
        }
        return 0;
      },
      [](std::size_t, int) {});
  EXPECT_EQ(seen.size(), 4u);
  EXPECT_EQ(std::count(seen.begin(), seen.end(), std::this_thread::get_id()), 0);
}

TEST(OrderedParallelTest, AFailureEndsTheWork) {
  std::atomic<int> made{0};
  const auto run = [&](std::size_t fails_at_make, std::size_t fails_at_take) {
    made = 0;
    ordered_parallel(
        1'000'000, 3, 8,
        [&](std::size_t item) {
          ++made;
          dawdle(item);
          if (item == fails_at_make) throw std::runtime_error("make " + std::to_string(item));
          return item;
        },
        [&](std::size_t item, std::size_t) {
          if (item == fails_at_take) throw std::runtime_error("take " + std::to_string(item));
        });
  };
  const auto said = [&](std::size_t at_make, std::size_t at_take) {
    try {
      run(at_make, at_take);
    } catch (const std::runtime_error& failure) {
      return std::string(failure.what());
    }
    return std::string("nothing");
  };
  constexpr std::size_t kNever = 2'000'000;
  EXPECT_EQ(said(40, kNever), "make 40");
  EXPECT_LT(made, 100);
  EXPECT_EQ(said(0, kNever), "make 0");
  EXPECT_EQ(said(kNever, 40), "take 40");
  EXPECT_LT(made, 100);
}

}  // namespace
}  // namespace catdog
