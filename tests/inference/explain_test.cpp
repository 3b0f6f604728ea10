// Where the network looked: the picture of it.
#include "inference/explain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/imgcodecs.hpp>

namespace catdog {
namespace {

// Two classes on 2×1 places: the left one speaks for class 0 by 3, the right one for class 1 by 2.
const network::ActivationMap kMap{2, 1, {4, 1, 1, 3}};

TEST(HeatPictureTest, HasThePhotoWhereItIsColdAndAnotherColourWhereItIsHot) {
  constexpr int kSize = 8;
  Image grey = Image::of_size(kSize, kSize);
  std::fill_n(grey.pixels.get(), 3 * kSize * kSize, std::uint8_t{100});
  const cv::Mat picture = cv::imdecode(heat_picture(grey, kMap, 0), cv::IMREAD_COLOR);
  ASSERT_EQ(picture.size(), cv::Size(kSize, kSize));
  EXPECT_EQ(picture.at<cv::Vec3b>(4, kSize - 1), cv::Vec3b(100, 100, 100));
  const cv::Vec3b hot = picture.at<cv::Vec3b>(4, 0);
  EXPECT_GT(hot[2], hot[0] + 30) << "inferno is red to yellow where it is hot";
}

}  // namespace
}  // namespace catdog
