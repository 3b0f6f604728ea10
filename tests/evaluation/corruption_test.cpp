#include "evaluation/corruption.h"

#include <gtest/gtest.h>

#include <cstring>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "pictures/test_pictures.h"
#include "support/photo.h"

namespace catdog {
namespace {

// Left half blue, right half red, 200 × 100.
cv::Mat two_halves() {
  cv::Mat photo(100, 200, CV_8UC3, cv::Scalar(200, 0, 0));
  photo(cv::Rect(100, 0, 100, 100)).setTo(cv::Scalar(0, 0, 200));
  return photo;
}

TEST(CorruptionTest, SidewaysIsClockwise) {
  const cv::Mat changed = corrupted_photo(two_halves(), "sideways");
  EXPECT_EQ(changed.size(), cv::Size(100, 200));
  EXPECT_EQ(changed.at<cv::Vec3b>(10, 50), cv::Vec3b(200, 0, 0)) << "what was left is now above";
}

TEST(CorruptionTest, DarkHasThreeTenthsOfTheLight) {
  EXPECT_EQ(corrupted_photo(two_halves(), "dark").at<cv::Vec3b>(50, 20), cv::Vec3b(60, 0, 0));
}

TEST(CorruptionTest, BlurredMixesAtTheEdgeAlone) {
  const cv::Mat changed = corrupted_photo(two_halves(), "blurred");
  EXPECT_EQ(changed.at<cv::Vec3b>(50, 20), cv::Vec3b(200, 0, 0));
  EXPECT_GT(changed.at<cv::Vec3b>(50, 99)[2], 50);
}

TEST(CorruptionTest, CompressedIsNearButNotTheSame) {
  const cv::Mat photo = two_halves(), changed = corrupted_photo(photo, "jpeg30");
  EXPECT_EQ(changed.size(), photo.size());
  const double off = cv::norm(photo, changed, cv::NORM_L1) / static_cast<double>(photo.total());
  EXPECT_GT(off, 0);
  EXPECT_LT(off, 30);
}

TEST(CorruptionTest, SmallHas64PixelsAndIsNeverEnlarged) {
  EXPECT_EQ(corrupted_photo(two_halves(), "small").size(), cv::Size(64, 32));
  EXPECT_EQ(corrupted_photo(two_halves()(cv::Rect(0, 0, 40, 30)), "small").size(), cv::Size(40, 30));
  EXPECT_EQ(corrupted_photo(cv::Mat(1, 500, CV_8UC3), "small").size(), cv::Size(64, 1));
}

TEST(CorruptionTest, GreyHasOneChannel) { EXPECT_EQ(corrupted_photo(two_halves(), "grey").channels(), 1); }

TEST(CorruptionTest, EachNameIsKnownAndNoOther) {
  for (const std::string& name : corruption_names()) EXPECT_FALSE(corrupted_photo(two_halves(), name).empty()) << name;
  EXPECT_THROW(corrupted_photo(two_halves(), "mirrored"), std::invalid_argument);
}

TEST(CorruptionTest, ANetworkIsGivenWhatALosslessCopyWouldGive) {
  cv::Mat photo(90, 130, CV_8UC3);
  cv::randu(photo, 0, 256);
  for (const std::string& name : corruption_names()) {
    const cv::Mat corrupted = corrupted_photo(photo, name);
    std::vector<std::uint8_t> png;
    ASSERT_TRUE(cv::imencode(".png", corrupted, png, {cv::IMWRITE_PNG_COMPRESSION, 1}));
    const auto expected = preprocess_photo({png.data(), png.size()}, 48);
    ASSERT_TRUE(expected) << expected.error().message;
    const Image picture = picture_of(corrupted, 48);
    ASSERT_EQ(picture.width, 48);
    EXPECT_EQ(std::memcmp(picture.pixels.get(), expected->picture.pixels.get(), 48 * 48 * 3), 0) << name;
  }
}

TEST(CorruptionTest, CopiesAreInTheColoursOfTheirPhoto) {
  for (const TestPicture& picture : profile_pictures()) {
    if (picture.name != "profile/prophoto-small.png") continue;
    const Bytes file{picture.bytes.data(), picture.bytes.size()};
    const auto expected = preprocess_photo(file, 48);
    ASSERT_TRUE(expected) << expected.error().message;
    const Image found = picture_of(decode_whole(file), 48, ToSrgb::of_file(file));
    EXPECT_EQ(std::memcmp(found.pixels.get(), expected->picture.pixels.get(), 48 * 48 * 3), 0);
    const Image stored = picture_of(decode_whole(file), 48);
    EXPECT_NE(std::memcmp(stored.pixels.get(), expected->picture.pixels.get(), 48 * 48 * 3), 0);
  }
}

TEST(CorruptionTest, WhatIsNoPictureIsEmpty) {
  const auto decoded = [](const std::string& bytes) {
    return decode_whole({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  };
  EXPECT_TRUE(decoded("no picture").empty());
  EXPECT_TRUE(decoded("P6\n60000 60000\n255\nabc").empty());
  EXPECT_TRUE(decoded("").empty());
}

}  // namespace
}  // namespace catdog
