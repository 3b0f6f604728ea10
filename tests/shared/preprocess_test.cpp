// From bytes to the network's input, against tensors made by OpenCV.
#include "catdog/photo/preprocess.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "pictures/exif_writer.h"
#include "pictures/jpeg_writer.h"
#include "pictures/painter.h"
#include "pictures/test_pictures.h"
#include "support/compare.h"

namespace catdog {
namespace {

// All in levels of 255. Lossless pictures: one rounding more than OpenCV's INTER_AREA.
constexpr double kLosslessTolerance = 1;
// Where a side grows, OpenCV's bilinear weights have 11 bits, and the other side is rounded before.
constexpr double kGrowingTolerance = 3;
// JPEG decoded at a reduced scale: the cosine transform cut to n × n is a sharper low-pass filter than the area mean it
// stands for, and halved chroma need not be interpolated first. Soft content agrees within rounding; along the hard
// edges between the saturated discs that are painted here, single pixels over- or undershoot.
constexpr double kScaledMeanTolerance = 3, kScaledMostTolerance = 120;
// What that tolerance must tell from a mistake: swapped colours, a picture on its side.
constexpr double kMistake = 10;

constexpr int kSize = 64;

Bytes view(const FileBytes& bytes) { return {bytes.data(), bytes.size()}; }

// Area where the picture shrinks, bilinear where it grows, each axis by itself.
cv::Mat squeezed_by_opencv(const cv::Mat& rgb, int size) {
  const auto filter = [&](int from) { return from >= size ? cv::INTER_AREA : cv::INTER_LINEAR; };
  cv::Mat across, out;
  if (filter(rgb.cols) == filter(rgb.rows)) {
    cv::resize(rgb, out, {size, size}, 0, 0, filter(rgb.cols));
    return out;
  }
  cv::resize(rgb, across, {size, rgb.rows}, 0, 0, filter(rgb.cols));
  cv::resize(across, out, {size, size}, 0, 0, filter(rgb.rows));
  return out;
}

TEST(PreprocessTest, LosslessPicturesAreOpenCvsTensors) {
  for (const TestPicture& picture : sound_pictures()) {
    if (picture.mean_error > 0) continue;
    SCOPED_TRACE(picture.name);
    const auto result = preprocess(view(picture.bytes), kSize);
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->width, picture.truth.cols);
    EXPECT_EQ(result->height, picture.truth.rows);
    const bool grows = std::min(picture.truth.cols, picture.truth.rows) < kSize;
    const cv::Mat golden = squeezed_by_opencv(picture.truth, kSize);
    EXPECT_LE(difference(as_mat(result->picture), golden).most, grows ? kGrowingTolerance : kLosslessTolerance);
  }
}

TEST(PreprocessTest, JpegsAreNearOpenCvsFullDecode) {
  for (const TestPicture& picture : jpeg_pictures()) {
    SCOPED_TRACE(picture.name);
    if (picture.name == "jpeg/orientation-6-long.jpg") continue;  // OpenCV reads no orientation but a SHORT
    const auto result = preprocess(view(picture.bytes), kSize);
    ASSERT_TRUE(result) << result.error().message;
    cv::Mat rgb;
    cv::cvtColor(cv::imdecode(picture.bytes, cv::IMREAD_COLOR), rgb, cv::COLOR_BGR2RGB);
    const Difference apart = difference(as_mat(result->picture), squeezed_by_opencv(rgb, kSize));
    EXPECT_LE(apart.mean, kScaledMeanTolerance);
    EXPECT_LE(apart.most, kScaledMostTolerance);
  }
}

TEST(PreprocessTest, TheToleranceTellsMistakes) {
  const cv::Mat photo = squeezed_by_opencv(paint(512, 400, 3), kSize);
  cv::Mat swapped, turned, mirrored;
  cv::cvtColor(photo, swapped, cv::COLOR_RGB2BGR);
  cv::rotate(photo, turned, cv::ROTATE_90_CLOCKWISE);
  cv::flip(photo, mirrored, 1);
  for (const cv::Mat& mistake : {swapped, turned, mirrored}) EXPECT_GT(difference(photo, mistake).mean, kMistake);
}

TEST(PreprocessTest, OrientationsAgree) {
  // The blocks of eight pixels, and the cut scale of the transform, lie differently in a turned picture.
  constexpr double kMeanTolerance = 1.5, kMostTolerance = 20;
  for (const int size : {16, 64, 128}) {
    const cv::Mat photo = paint(400, 240, 12);
    const auto reference = preprocess(view(write_jpeg(photo, {})), size);
    for (std::uint32_t orientation = 2; orientation <= 8; ++orientation) {
      JpegKind kind;
      kind.exif = exif(orientation, ByteOrder::kBig);
      const auto turned = preprocess(view(write_jpeg(stored_for(photo, static_cast<int>(orientation)), kind)), size);
      ASSERT_TRUE(turned);
      EXPECT_EQ(turned->width, 400);
      EXPECT_EQ(turned->height, 240);
      const Difference apart = difference(as_mat(reference->picture), as_mat(turned->picture));
      EXPECT_LE(apart.mean, kMeanTolerance) << orientation << " at " << size;
      EXPECT_LE(apart.most, kMostTolerance) << orientation << " at " << size;
    }
  }
}

TEST(PreprocessTest, TensorIsPlanesOfShares) {
  cv::Mat rgb(1, 2, CV_8UC3);
  rgb.at<cv::Vec3b>(0, 0) = {0, 51, 255};
  rgb.at<cv::Vec3b>(0, 1) = {102, 1, 254};
  std::vector<float> tensor(6, -1.0f);
  to_tensor(as_image(rgb), tensor.data());
  EXPECT_EQ(tensor, (std::vector<float>{0, 0.4f, 0.2f, 1.0f / 255, 1, 254.0f / 255}));
}

TEST(PreprocessTest, TensorOfAllLevelsIsCorrectlyRounded) {
  cv::Mat rgb(16, 16, CV_8UC3);
  for (int i = 0; i < 256; ++i) rgb.at<cv::Vec3b>(i / 16, i % 16) = cv::Vec3b::all(static_cast<uchar>(i));
  std::vector<float> tensor(3 * 256);
  to_tensor(as_image(rgb), tensor.data());
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(tensor[i], static_cast<float>(i / 255.0)) << i;  // by way of double: rounded to nearest as well
    EXPECT_EQ(tensor[256 + i], tensor[i]);
    EXPECT_EQ(tensor[512 + i], tensor[i]);
  }
}

TEST(PreprocessTest, PlatformPixelsTakeTheSameWay) {
  const cv::Mat photo = paint(150, 100, 3);
  cv::Mat rgba;
  cv::cvtColor(photo, rgba, cv::COLOR_RGB2RGBA);
  const auto result = preprocess_rgba(rgba.data, 150, 100, Format::kWebp, kSize);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->format, Format::kWebp);
  EXPECT_EQ(result->width, 150);
  EXPECT_EQ(result->height, 100);
  EXPECT_LE(difference(as_mat(result->picture), squeezed_by_opencv(photo, kSize)).most, kLosslessTolerance);
}

TEST(PreprocessTest, AnySizeOfSquare) {
  const FileBytes file = write_jpeg(paint(90, 70, 3), {});
  for (const int size : {1, 2, 3, 63, 224, 500}) {
    const auto result = preprocess(view(file), size);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->picture.width, size);
    EXPECT_EQ(result->picture.height, size);
  }
}

TEST(PreprocessTest, GivesTheSameEveryTime) {
  for (const TestPicture& picture : sound_pictures()) {
    const auto once = preprocess(view(picture.bytes), kSize), again = preprocess(view(picture.bytes), kSize);
    ASSERT_TRUE(once && again);
    EXPECT_EQ(difference(as_mat(once->picture), as_mat(again->picture)).most, 0) << picture.name;
  }
}

}  // namespace
}  // namespace catdog
