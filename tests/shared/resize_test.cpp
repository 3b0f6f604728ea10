// Resizing: hand-computed cases, OpenCV as the judge, and what must never change.
#include "catdog/photo/resize.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "pictures/painter.h"
#include "support/compare.h"

namespace catdog {
namespace {

// OpenCV's INTER_AREA rounds once, from floating point; the core twice, from 14-bit weights: one level of 255 apart.
constexpr double kAreaTolerance = 1;
// OpenCV's INTER_LINEAR has 11-bit weights.
constexpr double kLinearTolerance = 2;

cv::Mat resized(const cv::Mat& source, int width, int height) {
  auto result = resize_area(as_image(source), width, height);
  EXPECT_TRUE(result);
  return as_mat(*result).clone();
}

cv::Mat noise(int width, int height, unsigned seed) {
  cv::Mat picture(height, width, CV_8UC3);
  cv::RNG(seed + 1).fill(picture, cv::RNG::UNIFORM, 0, 256);
  return picture;
}

cv::Mat row_of(const std::vector<int>& greys) {
  cv::Mat row(1, static_cast<int>(greys.size()), CV_8UC3);
  for (int x = 0; x < row.cols; ++x) row.at<cv::Vec3b>(0, x) = cv::Vec3b::all(static_cast<uchar>(greys[x]));
  return row;
}

std::vector<int> greys_of(const cv::Mat& row) {
  std::vector<int> greys;
  for (int x = 0; x < row.cols; ++x) greys.push_back(row.at<cv::Vec3b>(0, x)[0]);
  return greys;
}

TEST(ResizeTest, HandComputedRows) {
  using Greys = std::vector<int>;
  EXPECT_EQ(greys_of(resized(row_of({0, 100, 200, 50}), 2, 1)), (Greys{50, 125}));
  EXPECT_EQ(greys_of(resized(row_of({10, 20, 60}), 1, 1)), (Greys{30}));
  // 3 → 2: each window is one and a half pixels: (0 + 90/2) / 1.5 and (90/2 + 240) / 1.5
  EXPECT_EQ(greys_of(resized(row_of({0, 90, 240}), 2, 1)), (Greys{30, 190}));
  // 2 → 4, bilinear: sampled at -0.25, 0.25, 0.75, 1.25 between the centres
  EXPECT_EQ(greys_of(resized(row_of({0, 100}), 4, 1)), (Greys{0, 25, 75, 100}));
  EXPECT_EQ(greys_of(resized(row_of({7}), 3, 1)), (Greys{7, 7, 7}));
}

TEST(ResizeTest, HandComputedSquare) {
  cv::Mat square(2, 2, CV_8UC3);
  square.at<cv::Vec3b>(0, 0) = {0, 255, 10};
  square.at<cv::Vec3b>(0, 1) = {4, 255, 20};
  square.at<cv::Vec3b>(1, 0) = {8, 0, 30};
  square.at<cv::Vec3b>(1, 1) = {12, 0, 40};
  EXPECT_EQ(resized(square, 1, 1).at<cv::Vec3b>(0, 0), cv::Vec3b(6, 128, 25));
}

TEST(ResizeTest, SameSizeChangesNothing) {
  for (const auto& [width, height] : {std::pair(1, 1), std::pair(17, 5), std::pair(64, 64)}) {
    const cv::Mat picture = noise(width, height, 3);
    EXPECT_EQ(difference(resized(picture, width, height), picture).most, 0);
  }
}

TEST(ResizeTest, ConstantPictureStaysConstant) {
  for (const int level : {0, 1, 127, 128, 254, 255}) {
    for (const auto& [from, to] :
         {std::pair(1, 64), std::pair(3, 7), std::pair(7, 3), std::pair(997, 128), std::pair(128, 127)}) {
      const cv::Mat flat(from, from + 1, CV_8UC3, cv::Scalar::all(level));
      const cv::Mat result = resized(flat, to, to);
      EXPECT_EQ(cv::norm(result, cv::Mat(to, to, CV_8UC3, cv::Scalar::all(level)), cv::NORM_INF), 0)
          << level << ": " << from << " to " << to;
    }
  }
}

TEST(ResizeTest, ShrinkingIsOpenCvsInterArea) {
  cv::RNG random(7);
  for (unsigned i = 0; i < 60; ++i) {
    const int to = random.uniform(1, 130);
    const cv::Mat source = noise(random.uniform(to, 6 * to + 2), random.uniform(to, 6 * to + 2), i);
    cv::Mat golden;
    cv::resize(source, golden, {to, to}, 0, 0, cv::INTER_AREA);
    EXPECT_LE(difference(resized(source, to, to), golden).most, kAreaTolerance) << source.size() << " to " << to;
  }
}

// What the header says of many rows: their weights have 8 bits.
TEST(ResizeTest, ManyRowsAreNearOpenCvsInterArea) {
  const int cases[][2] = {{1'000, 2}, {6'000, 4}, {40'000, 11}};
  for (const auto& [rows, levels] : cases) {
    const cv::Mat source = noise(130, rows, 3);
    cv::Mat golden;
    cv::resize(source, golden, {128, 128}, 0, 0, cv::INTER_AREA);
    EXPECT_LE(difference(resized(source, 128, 128), golden).most, levels) << rows;
  }
}

TEST(ResizeTest, GrowingIsBilinear) {
  cv::RNG random(8);
  for (unsigned i = 0; i < 40; ++i) {
    const cv::Mat source = noise(random.uniform(1, 60), random.uniform(1, 60), i);
    const int to = random.uniform(60, 200);
    cv::Mat golden;
    cv::resize(source, golden, {to, to}, 0, 0, cv::INTER_LINEAR);
    EXPECT_LE(difference(resized(source, to, to), golden).most, kLinearTolerance) << source.size() << " to " << to;
  }
}

// Wide and flat pictures shrink on one axis and grow on the other: the axes do not depend on each other.
TEST(ResizeTest, AxesAreIndependent) {
  const cv::Mat source = noise(500, 20, 4);
  cv::Mat across, golden;
  cv::resize(source, across, {128, 20}, 0, 0, cv::INTER_AREA);
  cv::resize(across, golden, {128, 128}, 0, 0, cv::INTER_LINEAR);
  EXPECT_LE(difference(resized(source, 128, 128), golden).most, kAreaTolerance + kLinearTolerance);
}

TEST(ResizeTest, MirroredPictureGivesMirroredResult) {
  const cv::Mat source = paint(301, 173, 9);
  cv::Mat mirrored, back;
  cv::flip(source, mirrored, -1);
  cv::flip(resized(mirrored, 128, 128), back, -1);
  EXPECT_LE(difference(resized(source, 128, 128), back).most, 1);
}

// Stripes as fine as the weights' own rounding: they must come out as grey, not as a pattern.
TEST(ResizeTest, FineStripesBecomeGrey) {
  constexpr double kGreyTolerance = 3;
  for (const int period : {2, 3, 4}) {
    for (const int from : {600, 1100, 3000, 6000, 12000, 40000}) {
      cv::Mat upright(from, 4, CV_8UC3), lying;
      for (int y = 0; y < from; ++y) upright.row(y).setTo(cv::Scalar::all(y % period == 0 ? 255 : 0));
      cv::transpose(upright, lying);
      cv::Mat golden;
      cv::resize(upright, golden, {4, 128}, 0, 0, cv::INTER_AREA);
      EXPECT_LE(difference(resized(upright, 4, 128), golden).most, kGreyTolerance) << period << ", " << from;
      cv::transpose(golden, golden);
      EXPECT_LE(difference(resized(lying, 128, 4), golden).most, kGreyTolerance) << period << ", " << from;
    }
  }
}

// Beyond 256 rows for one, the weights' bits are used up and rows are left out: soft content does not notice.
TEST(ResizeTest, ExtremeSides) {
  cv::Mat lying(1, 65535, CV_8UC3), upright;
  for (int x = 0; x < lying.cols; ++x)
    lying.at<cv::Vec3b>(0, x) = cv::Vec3b::all(static_cast<uchar>(x * 256L / lying.cols));
  cv::transpose(lying, upright);
  for (const cv::Mat& quarters : {resized(lying, 4, 1), cv::Mat(resized(upright, 1, 4).t())}) {
    const std::vector<int> greys = greys_of(quarters);
    for (int i = 0; i < 4; ++i) EXPECT_NEAR(greys[i], 31.5 + 64 * i, kAreaTolerance);
  }
}

}  // namespace
}  // namespace catdog
