#include "catdog/model/looks.h"

#include <gtest/gtest.h>

#include <numeric>

namespace {

using namespace catdog;
using network::Outputs;

constexpr Thresholds kThresholds{0.6f, 0.8f};

Image gradient(int width, int height) {
  Image picture = Image::of_size(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      std::uint8_t* pixel = picture.row(y) + 3 * x;
      pixel[0] = static_cast<std::uint8_t>(x), pixel[1] = static_cast<std::uint8_t>(y), pixel[2] = 7;
    }
  }
  return picture;
}

TEST(LooksTest, DoubtIsBetweenClearAndHopeless) {
  EXPECT_FALSE(is_doubtful({{0.99f, 0.01f}, 0.99f}, kThresholds));
  EXPECT_TRUE(is_doubtful({{0.9f, 0.1f}, 0.99f}, kThresholds)) << "the class is not clear";
  EXPECT_TRUE(is_doubtful({{0.99f, 0.01f}, 0.85f}, kThresholds)) << "there may be nothing";
  EXPECT_TRUE(is_doubtful({{0.99f, 0.01f}, 0.3f}, kThresholds)) << "there may be something";
  EXPECT_FALSE(is_doubtful({{0.5f, 0.5f}, 0.01f}, kThresholds)) << "nothing is there, whatever it would be";
}

TEST(LooksTest, TheLooksAreAMirrorImageAndTwoParts) {
  const Image picture = gradient(100, 50);
  const auto looks = more_looks(picture);
  ASSERT_TRUE(looks);
  ASSERT_EQ(looks->size(), 3u);
  for (const Image& look : *looks) EXPECT_EQ(std::pair(look.width, look.height), std::pair(100, 50));
  const auto pixel = [&](int look, int x, int y) { return (*looks)[look].row(y) + 3 * x; };
  EXPECT_EQ(pixel(0, 0, 20)[0], 99);
  EXPECT_EQ(pixel(0, 99, 20)[0], 0);
  EXPECT_EQ(pixel(0, 99, 20)[1], 20);
  EXPECT_EQ(pixel(1, 0, 0)[0], 0);
  EXPECT_EQ(pixel(1, 99, 49)[0], 79);
  EXPECT_EQ(pixel(1, 99, 49)[1], 39);
  EXPECT_EQ(pixel(2, 0, 0)[0], 20);
  EXPECT_EQ(pixel(2, 0, 0)[1], 10);
  EXPECT_EQ(pixel(2, 99, 49)[0], 99);
  const Image dot = gradient(1, 1);
  EXPECT_TRUE(more_looks(dot));
}

TEST(LooksTest, OnlyDoubtfulPhotosAreLookedAtAgain) {
  const Image picture = gradient(10, 10);
  int runs = 0;
  const auto clear = [&](const Image&) { return ++runs, Outputs{{0.995f, 0.005f}, 1}; };
  EXPECT_EQ(look_closely(picture, kThresholds, clear).probabilities[0], 0.995f);
  EXPECT_EQ(runs, 1);
  runs = 0;
  const Outputs said[] = {{{0.5f, 0.5f}, 0.5f}, {{0.75f, 0.25f}, 1}, {{0.25f, 0.75f}, 0.75f}, {{1, 0}, 0.75f}};
  const Outputs mean = look_closely(picture, kThresholds, [&](const Image&) { return said[runs++]; });
  EXPECT_EQ(runs, 4);
  EXPECT_EQ(mean.probabilities, (std::vector<float>{0.625f, 0.375f}));
  EXPECT_EQ(mean.presence, 0.75f);
}

}  // namespace
