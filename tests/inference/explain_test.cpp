// Where the network looked: the heat of a map, and its picture.
#include "inference/explain.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

namespace catdog {
namespace {

// Two classes on 2×1 places: the left one speaks for class 0 by 3, the right one for class 1 by 2.
const ActivationMap kMap{2, 1, {4, 1, 1, 3}};

TEST(HeatTest, IsWhatSpeaksForAClassRatherThanForTheOthers) {
  EXPECT_EQ(heat_of(kMap, 0), (std::vector<float>{1, 0}));
  EXPECT_EQ(heat_of(kMap, 1), (std::vector<float>{0, 1}));
}

TEST(HeatTest, OfThreeClassesTheOthersAreAveraged) {
  EXPECT_EQ(heat_of({2, 1, {4, 3, 0, 2, 2, 0}}, 0), (std::vector<float>{1, 2.0f / 3}));
}

TEST(HeatTest, NothingSpeaksForIt) { EXPECT_EQ(heat_of({1, 1, {1, 5}}, 0), std::vector<float>{0}); }

TEST(HeatPictureTest, HasThePhotoWhereItIsColdAndAnotherColourWhereItIsHot) {
  constexpr int kSize = 8;
  const std::vector<float> grey(3 * kSize * kSize, 100.0f / 255);
  const cv::Mat picture = cv::imdecode(heat_picture(grey, kSize, kMap, 0), cv::IMREAD_COLOR);
  ASSERT_EQ(picture.size(), cv::Size(kSize, kSize));
  EXPECT_EQ(picture.at<cv::Vec3b>(4, kSize - 1), cv::Vec3b(100, 100, 100));
  const cv::Vec3b hot = picture.at<cv::Vec3b>(4, 0);
  EXPECT_GT(hot[2], hot[0] + 30) << "inferno is red to yellow where it is hot";
}

}  // namespace
}  // namespace catdog
