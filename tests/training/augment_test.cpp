#include "training/data/augment.h"

#include <gtest/gtest.h>

#include <cmath>

namespace catdog {
namespace {

constexpr Augmentation kNone = {1.0, 1.0, 0, 0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0};

std::vector<std::uint8_t> gradient(int side) {
  std::vector<std::uint8_t> picture;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) picture.insert(picture.end(), {std::uint8_t(3 * x), std::uint8_t(2 * y), 77});
  }
  return picture;
}

std::vector<float> augmented(int side, int crop, const Augmentation& how, std::uint64_t item) {
  std::vector<float> out(static_cast<std::size_t>(3 * crop * crop));
  Random random(5, 2, item);
  augment(gradient(side).data(), side, crop, how, random, out.data());
  return out;
}

TEST(AugmentTest, WithoutChangesOnlyTheFlipRemains) {
  const int side = 40;
  bool seen[2] = {false, false};
  for (std::uint64_t item = 0; item < 16; ++item) {
    const auto out = augmented(side, side, kNone, item);
    const auto value = [&](int x, int y, int channel) { return out[(y * side + x) * 3 + channel]; };
    const bool flipped = value(0, 0, 0) > value(side - 1, 0, 0);
    seen[flipped] = true;
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < side; ++x) {
        const int from = flipped ? side - 1 - x : x;
        ASSERT_NEAR(value(x, y, 0) * 255, 3 * from, 0.51) << x << "," << y;
        ASSERT_NEAR(value(x, y, 1) * 255, 2 * y, 0.51) << x << "," << y;
      }
    }
  }
  EXPECT_TRUE(seen[0] && seen[1]) << "both directions must come up";
}

TEST(AugmentTest, TheSameRandomNumbersGiveTheSamePicture) {
  EXPECT_EQ(augmented(64, 48, Augmentation{}, 3), augmented(64, 48, Augmentation{}, 3));
  EXPECT_NE(augmented(64, 48, Augmentation{}, 3), augmented(64, 48, Augmentation{}, 4));
}

TEST(AugmentTest, ValuesStayBetweenZeroAndOne) {
  for (std::uint64_t item = 0; item < 50; ++item) {
    for (const float value : augmented(64, 48, Augmentation{}, item)) {
      ASSERT_TRUE(value >= 0 && value <= 1) << value;
    }
  }
}

TEST(AugmentTest, CropsShowTheirPartOfThePicture) {
  Augmentation crops = kNone;
  crops.least_area = 0.25;
  double least = 1;
  for (std::uint64_t item = 0; item < 40; ++item) {
    const auto out = augmented(80, 40, crops, item);
    // Red rises by 3 a column: its span tells how wide the crop was, at least half the picture.
    const double span = std::abs(out[39 * 3] - out[0]) * 255 / 3 / 79;
    EXPECT_GT(span, 0.45);
    least = std::min(least, span);
  }
  EXPECT_LT(least, 0.7) << "small crops must come up";
}

// How much an edge between black and white rises from one pixel to the next, after a Gaussian of that deviation.
double rise_of_edge(double deviation) { return std::erf(0.5 / deviation / std::sqrt(2.0)); }

TEST(AugmentTest, LargerCropsAreBlurredByAsMuchOfTheirSide) {
  Augmentation blur = kNone;
  blur.blur_chance = 1;
  blur.most_blur = 0.02;
  for (const int side : {100, 200}) {
    std::vector<std::uint8_t> edge(static_cast<std::size_t>(3 * side * side));
    for (std::size_t i = 0; i < edge.size(); ++i) edge[i] = i / 3 % side < static_cast<std::size_t>(side) / 2 ? 0 : 255;
    double least = 1, most = 0;
    for (std::uint64_t item = 0; item < 60; ++item) {
      std::vector<float> out(edge.size());
      Random random(5, 2, item);
      augment(edge.data(), side, side, blur, random, out.data());
      const double rise = std::abs(out[side / 2 * 3] - out[(side / 2 - 1) * 3]);
      least = std::min(least, rise);
      most = std::max(most, rise);
    }
    EXPECT_GT(least, rise_of_edge(0.02 * side) - 0.02) << "no blur is stronger than asked for";
    EXPECT_LT(least, rise_of_edge(0.018 * side)) << "strong ones must come up";
    EXPECT_GT(most, rise_of_edge(0.009 * side)) << "weak ones must come up";
  }
}

TEST(AugmentTest, WhatIsLeftOutDoesNotHappen) {
  const auto as_it_is = augmented(40, 40, without(wide_augmentation(), augmentation_kinds()), 0);
  const auto unchanged = augmented(40, 40, kNone, 0);
  EXPECT_EQ(as_it_is, unchanged) << "without every kind only the flip remains";
  for (const std::string& kept : augmentation_kinds()) {
    std::vector<std::string> others;
    for (const std::string& kind : augmentation_kinds()) {
      if (kind != kept) others.push_back(kind);
    }
    bool changed = false;
    for (std::uint64_t item = 0; item < 40 && !changed; ++item) {
      const int side = 80;  // so that a blur is more than a rounding
      const auto plain = augmented(side, side, kNone, item);
      const auto found = augmented(side, side, without(wide_augmentation(), others), item);
      double most = 0;
      for (std::size_t i = 0; i < plain.size(); ++i) most = std::max<double>(most, std::abs(plain[i] - found[i]));
      changed = most > 0.003;  // a level of 255 is 0.0039
    }
    EXPECT_TRUE(changed) << kept;
  }
  EXPECT_THROW(without({}, {"sharpening"}), std::invalid_argument);
}

}  // namespace
}  // namespace catdog
