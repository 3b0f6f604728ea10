// The one definition of where the signs of a class are.
#include "catdog/model/class_activation.h"

#include <gtest/gtest.h>

#include <limits>

namespace catdog {
namespace {

using Values = std::vector<float>;

// Two classes on 2×1 places: the left one speaks for class 0 by 3, the right one for class 1 by 2.
const network::ActivationMap kMap{2, 1, {4, 1, 1, 3}};

TEST(ClassActivationTest, IsWhatSpeaksForAClassRatherThanForTheOthers) {
  EXPECT_EQ(class_activation(kMap, 0), (Values{1, 0}));
  EXPECT_EQ(class_activation(kMap, 1), (Values{0, 1}));
}

TEST(ClassActivationTest, OfThreeClassesTheOthersAreAveraged) {
  EXPECT_EQ(class_activation({2, 1, {4, 3, 0, 2, 2, 0}}, 0), (Values{1, 2.0f / 3}));
}

// What raises all logits alike decides nothing.
TEST(ClassActivationTest, DoesNotSeeWhatAllClassesShare) {
  EXPECT_EQ(class_activation({2, 1, {104, 1, 101, 3}}, 0), (Values{1, 0}));
}

TEST(ClassActivationTest, NothingSpeaksForIt) { EXPECT_EQ(class_activation({1, 1, {1, 5}}, 0), Values{0}); }

TEST(ClassActivationTest, OneClassStandsForItself) {
  EXPECT_EQ(class_activation({2, 2, {1, 2, -3, 4}}, 0), (Values{0.25f, 0.5f, 0, 1}));
}

TEST(ClassActivationTest, WhatIsNotFiniteIsNothing) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN(), kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(class_activation({4, 1, {kNan, kInfinity, 2, 1, 0, 0, 0, kNan}}, 0), (Values{0, 0, 1, 0}));
}

TEST(ClassActivationTest, OddMapsHaveNone) {
  EXPECT_EQ(class_activation({}, 0), Values());
  EXPECT_EQ(class_activation({2, 1, {}}, 0), Values());
  EXPECT_EQ(class_activation({-2, -1, {1, 2}}, 0), Values());
  EXPECT_EQ(class_activation(kMap, 2), Values());
  EXPECT_EQ(class_activation(kMap, -1), Values());
}

}  // namespace
}  // namespace catdog
