// Real and odd files of the test data, against references that others made.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "catdog/photo/preprocess.h"
#include "support/compare.h"
#include "support/test_data.h"

namespace catdog {
namespace {

namespace fs = std::filesystem;

class ReferencesTest : public testing::Test {
 protected:
  void SetUp() override {
    if (test_data().empty()) GTEST_SKIP() << kNoTestData;
  }
  static fs::path formats() { return test_data() / "formats"; }
};

Result<Decoded> decode_file(const fs::path& file, int cover) {
  const auto bytes = bytes_of(file);
  return decode({bytes.data(), bytes.size()}, cover);
}

Result<Preprocessed> preprocess_file(const fs::path& file, int size) {
  const auto bytes = bytes_of(file);
  return preprocess({bytes.data(), bytes.size()}, size);
}

cv::Mat read_rgb(const fs::path& file) {
  cv::Mat rgb;
  cv::cvtColor(cv::imread(file.string(), cv::IMREAD_COLOR), rgb, cv::COLOR_BGR2RGB);
  return rgb;
}

// The references come from another decoder with transforms and upsampling of its own.
TEST_F(ReferencesTest, OddJpegs) {
  constexpr double kMeanTolerance = 2, kMostTolerance = 40;
  int compared = 0;
  for (const fs::path& file : files_in(formats() / "jpeg")) {
    fs::path reference = file;
    reference.replace_extension(".png");
    if (file.extension() != ".jpg") continue;
    SCOPED_TRACE(file.filename());
    const auto decoded = decode_file(file, 0);
    ASSERT_TRUE(decoded) << decoded.error().message;
    if (!fs::exists(reference)) continue;
    const cv::Mat golden = read_rgb(reference);
    ASSERT_EQ(as_mat(decoded->image).size(), golden.size());
    const Difference apart = difference(as_mat(decoded->image), golden);
    EXPECT_LE(apart.mean, kMeanTolerance);
    EXPECT_LE(apart.most, kMostTolerance);
    ++compared;
  }
  EXPECT_GE(compared, 30);
}

// libpng, by way of OpenCV, is the judge where there is no alpha.
TEST_F(ReferencesTest, EveryKindOfPng) {
  int compared = 0;
  for (const fs::path& file : files_in(formats() / "png")) {
    SCOPED_TRACE(file.filename());
    const auto decoded = decode_file(file, 0);
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(decoded->warning, "");
    const std::string kind = file.stem().string().substr(0, 2);
    const bool transparent = kind == "tb" || kind == "tp" || kind == "tm" || kind == "bg" || kind == "wi" ||
                             kind == "gr" || cv::imread(file.string(), cv::IMREAD_UNCHANGED).channels() == 4;
    if (transparent) continue;
    const cv::Mat golden = read_rgb(file);
    ASSERT_EQ(as_mat(decoded->image).size(), golden.size());
    EXPECT_LE(difference(as_mat(decoded->image), golden).most, 1);
    ++compared;
  }
  EXPECT_GE(compared, 50);
}

TEST_F(ReferencesTest, OrientationPicturesAgree) {
  // Each was turned and encoded by itself, so that its blocks lie differently.
  constexpr double kMeanTolerance = 1, kMostTolerance = 40;
  const cv::Rect number(52, 48, 24, 28);  // in the middle each bears its own
  const auto without_number = [&](const Preprocessed& photo) {
    cv::Mat copy = as_mat(photo.picture).clone();
    copy(number).setTo(0);
    return copy;
  };
  for (const std::string shape : {"Landscape", "Portrait"}) {
    const auto first = preprocess_file(formats() / "orientation" / (shape + "_1.jpg"), 128);
    ASSERT_TRUE(first);
    for (int orientation = 2; orientation <= 8; ++orientation) {
      const auto other =
          preprocess_file(formats() / "orientation" / (shape + "_" + std::to_string(orientation) + ".jpg"), 128);
      ASSERT_TRUE(other);
      EXPECT_EQ(first->width, other->width);
      EXPECT_EQ(first->height, other->height);
      const Difference apart = difference(without_number(*first), without_number(*other));
      EXPECT_LE(apart.mean, kMeanTolerance) << shape << orientation;
      EXPECT_LE(apart.most, kMostTolerance) << shape << orientation;
    }
  }
}

// Never a crash; an error, a warning, or a file whose only fault is a wrong checksum.
TEST_F(ReferencesTest, CorruptFilesAreNoticed) {
  int noticed = 0;
  for (const fs::path& file : files_in(formats() / "corrupt")) {
    const auto result = preprocess_file(file, 64);
    const bool checksum_only = file.stem() == "xcsn0g01" || file.stem() == "xhdn0g08";
    EXPECT_TRUE(!result || !result->warning.empty() || checksum_only) << file;
    noticed += !result || !result->warning.empty();
  }
  EXPECT_GE(noticed, 14);
}

TEST_F(ReferencesTest, BombsAreRefused) {
  for (const fs::path& file : files_in(formats() / "bombs")) {
    const auto result = preprocess_file(file, 128);
    ASSERT_FALSE(result) << file;
    EXPECT_EQ(result.error().problem, Problem::kTooLarge) << file;
  }
}

TEST_F(ReferencesTest, OtherFormatsAreKnown) {
  const std::pair<const char*, Format> formats_of[] = {{".heic", Format::kHeic}, {".jp2", Format::kJpeg2000},
                                                       {".gif", Format::kGif},   {".webp", Format::kWebp},
                                                       {".avif", Format::kAvif}, {".tiff", Format::kTiff}};
  for (const fs::path& file : files_in(formats() / "other")) {
    const auto bytes = bytes_of(file);
    const auto* known = std::find_if(std::begin(formats_of), std::end(formats_of),
                                     [&](const auto& pair) { return file.extension() == pair.first; });
    ASSERT_NE(known, std::end(formats_of)) << file;
    EXPECT_EQ(sniff_format({bytes.data(), bytes.size()}), known->second) << file;
  }
}

// Photos: full decode by OpenCV, then INTER_AREA. In a lawn or a fur the box filter of INTER_AREA loses detail (and
// keeps aliases) that the cut cosine transform does not, so single photos differ by some levels; all together by less.
TEST_F(ReferencesTest, PhotosAreNearOpenCvsFullDecode) {
  constexpr double kMeanTolerance = 8, kMostTolerance = 130, kAllTolerance = 3;
  std::vector<fs::path> photos = files_in(test_data() / "large");
  for (const char* kind : {"originals/Cat", "originals/Dog"}) {
    const auto some = files_in(test_data() / kind);
    for (std::size_t i = 0; i < some.size(); i += 40) photos.push_back(some[i]);
  }
  ASSERT_GE(photos.size(), 25u);
  double sum = 0;
  for (const fs::path& file : photos) {
    const auto result = preprocess_file(file, 128);
    ASSERT_TRUE(result) << file << ": " << result.error().message;
    cv::Mat golden;
    cv::resize(read_rgb(file), golden, {128, 128}, 0, 0, cv::INTER_AREA);
    const Difference apart = difference(as_mat(result->picture), golden);
    sum += apart.mean;
    EXPECT_LE(apart.mean, kMeanTolerance) << file;
    EXPECT_LE(apart.most, kMostTolerance) << file;
  }
  EXPECT_LE(sum / static_cast<double>(photos.size()), kAllTolerance);
}

}  // namespace
}  // namespace catdog
