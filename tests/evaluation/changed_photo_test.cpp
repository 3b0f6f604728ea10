#include "evaluation/changed_photo.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace catdog {
namespace {

// Left half blue, right half red, 200 × 100.
cv::Mat two_halves() {
  cv::Mat photo(100, 200, CV_8UC3, cv::Scalar(200, 0, 0));
  photo(cv::Rect(100, 0, 100, 100)).setTo(cv::Scalar(0, 0, 200));
  return photo;
}

TEST(ChangedPhotoTest, SidewaysIsClockwise) {
  const cv::Mat changed = changed_photo(two_halves(), "sideways");
  EXPECT_EQ(changed.size(), cv::Size(100, 200));
  EXPECT_EQ(changed.at<cv::Vec3b>(10, 50), cv::Vec3b(200, 0, 0)) << "what was left is now above";
}

TEST(ChangedPhotoTest, DarkHasThreeTenthsOfTheLight) {
  EXPECT_EQ(changed_photo(two_halves(), "dark").at<cv::Vec3b>(50, 20), cv::Vec3b(60, 0, 0));
}

TEST(ChangedPhotoTest, BlurredMixesAtTheEdgeAlone) {
  const cv::Mat changed = changed_photo(two_halves(), "blurred");
  EXPECT_EQ(changed.at<cv::Vec3b>(50, 20), cv::Vec3b(200, 0, 0));
  EXPECT_GT(changed.at<cv::Vec3b>(50, 99)[2], 50);
}

TEST(ChangedPhotoTest, CompressedIsNearButNotTheSame) {
  const cv::Mat photo = two_halves(), changed = changed_photo(photo, "jpeg30");
  EXPECT_EQ(changed.size(), photo.size());
  const double off = cv::norm(photo, changed, cv::NORM_L1) / static_cast<double>(photo.total());
  EXPECT_GT(off, 0);
  EXPECT_LT(off, 30);
}

TEST(ChangedPhotoTest, SmallHas64PixelsAndIsNeverEnlarged) {
  EXPECT_EQ(changed_photo(two_halves(), "small").size(), cv::Size(64, 32));
  EXPECT_EQ(changed_photo(two_halves()(cv::Rect(0, 0, 40, 30)), "small").size(), cv::Size(40, 30));
  EXPECT_EQ(changed_photo(cv::Mat(1, 500, CV_8UC3), "small").size(), cv::Size(64, 1));
}

TEST(ChangedPhotoTest, GreyHasOneChannel) { EXPECT_EQ(changed_photo(two_halves(), "grey").channels(), 1); }

TEST(ChangedPhotoTest, EachNameIsKnownAndNoOther) {
  for (const std::string& change : photo_changes()) EXPECT_FALSE(changed_photo(two_halves(), change).empty()) << change;
  EXPECT_THROW(changed_photo(two_halves(), "mirrored"), std::invalid_argument);
}

}  // namespace
}  // namespace catdog
