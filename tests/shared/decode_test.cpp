// Decoding: every generated picture comes out as it was painted.
#include "catdog/photo/decode.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "catdog/photo/limits.h"
#include "pictures/exif_writer.h"
#include "pictures/jpeg_writer.h"
#include "pictures/painter.h"
#include "pictures/test_pictures.h"
#include "support/compare.h"

namespace catdog {
namespace {

Bytes view(const FileBytes& bytes) { return {bytes.data(), bytes.size()}; }

// OpenCV's own decoder, turned by EXIF, as RGB.
cv::Mat decoded_by_opencv(const FileBytes& bytes) {
  cv::Mat rgb;
  cv::cvtColor(cv::imdecode(bytes, cv::IMREAD_COLOR), rgb, cv::COLOR_BGR2RGB);
  return rgb;
}

TEST(DecodeTest, ThereAreAHundredPicturesAndMore) { EXPECT_GE(sound_pictures().size(), 100u); }

TEST(DecodeTest, SoundPicturesComeOutAsPainted) {
  for (const TestPicture& picture : sound_pictures()) {
    SCOPED_TRACE(picture.name);
    const auto decoded = decode(view(picture.bytes), 0);
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(decoded->warning, "");
    EXPECT_EQ(decoded->width, picture.truth.cols);
    EXPECT_EQ(decoded->height, picture.truth.rows);
    ASSERT_EQ(as_mat(decoded->image).size(), picture.truth.size());
    const Difference apart = difference(as_mat(decoded->image), picture.truth);
    EXPECT_LE(apart.mean, picture.mean_error);
  }
}

TEST(DecodeTest, SaysWhichFormatItWas) {
  const std::pair<const char*, Format> folders[] = {
      {"jpeg/", Format::kJpeg}, {"png/", Format::kPng}, {"gif/", Format::kGif}, {"bmp/", Format::kBmp},
      {"psd/", Format::kPsd},   {"pnm/", Format::kPnm}, {"tga/", Format::kTga}};
  for (const TestPicture& picture : sound_pictures()) {
    for (const auto& [folder, format] : folders) {
      if (picture.name.rfind(folder, 0) != 0) continue;
      EXPECT_EQ(decode(view(picture.bytes), 0)->format, format) << picture.name;
    }
  }
}

// OpenCV decodes with the same libjpeg-turbo and turns by its own reading of EXIF: the very same pixels. CMYK it
// converts by a formula of its own, with shifts for divisions, which may be off by two levels.
TEST(DecodeTest, JpegIsWhatOpenCvDecodes) {
  for (const TestPicture& picture : jpeg_pictures()) {
    SCOPED_TRACE(picture.name);
    if (picture.name == "jpeg/orientation-6-long.jpg") continue;  // OpenCV reads no orientation but a SHORT
    const bool inks = picture.name.find("cmyk") != std::string::npos || picture.name.find("ycck") != std::string::npos;
    const auto decoded = decode(view(picture.bytes), 0);
    ASSERT_TRUE(decoded);
    const cv::Mat golden = decoded_by_opencv(picture.bytes);
    ASSERT_EQ(as_mat(decoded->image).size(), golden.size());
    EXPECT_LE(difference(as_mat(decoded->image), golden).most, inks ? 2 : 0);
  }
}

TEST(DecodeTest, CodingDoesNotChangePixels) {
  for (const std::vector<std::pair<int, int>>& sampling :
       {std::vector<std::pair<int, int>>{}, {{2, 1}, {1, 1}, {1, 1}}, {{2, 2}, {1, 1}, {1, 1}}}) {
    JpegKind plain;
    plain.sampling = sampling;
    JpegKind progressive = plain, restarts = plain, arithmetic = plain, both = plain;
    progressive.progressive = both.progressive = true;
    restarts.restart_interval = both.restart_interval = 2;
    arithmetic.arithmetic = true;
    const cv::Mat photo = paint(301, 203, 5);
    for (const int cover : {26, 51, 64}) {  // an eighth, a quarter, three eighths
      const auto reference = decode(view(write_jpeg(photo, plain)), cover);
      for (const JpegKind& kind : {progressive, restarts, arithmetic, both}) {
        const auto other = decode(view(write_jpeg(photo, kind)), cover);
        EXPECT_EQ(other->warning, "");
        EXPECT_EQ(difference(as_mat(reference->image), as_mat(other->image)).most, 0) << cover;
      }
    }
  }
}

// Where the headers of a sound file's scans begin.
std::vector<std::size_t> scans_of(const FileBytes& file) {
  std::vector<std::size_t> begins;
  for (std::size_t at = 0; at + 1 < file.size(); ++at) {
    if (file[at] == 0xFF && file[at + 1] == 0xDA) begins.push_back(at);
  }
  return begins;
}

// The file as if it had ended after so many scans.
FileBytes first_scans(const FileBytes& file, std::size_t scans) {
  const auto begins = scans_of(file);
  if (scans >= begins.size()) return file;
  FileBytes part(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(begins[scans]));
  part.insert(part.end(), {0xFF, 0xD9});
  return part;
}

// OpenCV gives libjpeg all scans. Where coefficients were never sent, libjpeg smooths the blocks, at this scale too.
TEST(DecodeTest, ProgressiveJpegAtAnEighthIsWhatOpenCvDecodes) {
  int scripts = 0;
  for (const std::vector<std::pair<int, int>>& sampling :
       {std::vector<std::pair<int, int>>{}, {{2, 1}, {1, 1}, {1, 1}}, {{2, 2}, {1, 1}, {1, 1}}}) {
    JpegKind kind;
    kind.progressive = true;
    kind.sampling = sampling;
    const FileBytes whole = write_jpeg(paint(805, 603, 3), kind);
    for (std::size_t scans = 1; scans <= 10; ++scans) {
      const FileBytes file = first_scans(whole, scans);
      scripts += file.size() < whole.size();
      const auto decoded = decode(view(file), 76);
      ASSERT_TRUE(decoded) << decoded.error().message;
      EXPECT_EQ(decoded->warning, "");
      cv::Mat golden;
      cv::cvtColor(cv::imdecode(file, cv::IMREAD_REDUCED_COLOR_8), golden, cv::COLOR_BGR2RGB);
      ASSERT_EQ(as_mat(decoded->image).size(), golden.size());
      EXPECT_EQ(difference(as_mat(decoded->image), golden).most, 0) << scans << " scans";
    }
  }
  EXPECT_EQ(scripts, 27);  // of 10 scans the last part is the whole
}

// Turns half of the bytes of the scans that refine the first component; returns in how many scans.
int damage_fine_scans(FileBytes& file) {
  int damaged = 0;
  const auto begins = scans_of(file);
  for (std::size_t i = 0; i < begins.size(); ++i) {
    const std::size_t begin = begins[i], end = i + 1 < begins.size() ? begins[i + 1] : file.size();
    const bool fine = file[begin + 4] == 1 && file[begin + 5] == 1 && file[begin + 7] > 0;
    if (!fine) continue;
    ++damaged;
    const std::size_t data = begin + 2 + file[begin + 2] * 256 + file[begin + 3];
    for (std::size_t at = data; at < data + (end - data) / 2; ++at) file[at] = (file[at] ^ 0x55) & 0x7F;
  }
  return damaged;
}

// Where each block becomes one pixel, what refines the blocks of brightness is not even read.
TEST(DecodeTest, FineScansOfASmallPictureDoNotCount) {
  JpegKind kind;
  kind.progressive = true;
  kind.sampling = {{2, 2}, {1, 1}, {1, 1}};
  const FileBytes sound = write_jpeg(paint(805, 603, 3), kind);
  FileBytes damaged = sound;
  ASSERT_GE(damage_fine_scans(damaged), 3);
  const auto reference = decode(view(sound), 76), small = decode(view(damaged), 76);
  ASSERT_TRUE(small) << small.error().message;
  EXPECT_EQ(small->warning, "");
  EXPECT_EQ(difference(as_mat(reference->image), as_mat(small->image)).most, 0);
  const auto larger = decode(view(damaged), 151);
  EXPECT_TRUE(!larger || !larger->warning.empty());
  FileBytes cut = sound;
  cut.resize(cut.size() * 7 / 10);
  EXPECT_NE(decode(view(cut), 76)->warning, "");
}

TEST(DecodeTest, JpegIsDecodedAtTheSmallestScaleThatCovers) {
  const FileBytes file = write_jpeg(paint(805, 603, 1), {});
  // cover, and by hand: the smallest n with ceil(603 n / 8) >= cover; sides ceil(805 n / 8), ceil(603 n / 8)
  const int cases[][3] = {{1, 101, 76},    {76, 101, 76},   {77, 202, 151},   {151, 202, 151}, {152, 302, 227},
                          {302, 403, 302}, {377, 504, 377}, {400, 604, 453},  {528, 705, 528}, {529, 805, 603},
                          {603, 805, 603}, {604, 805, 603}, {9999, 805, 603}, {0, 805, 603}};
  for (const auto& [cover, width, height] : cases) {
    const auto decoded = decode(view(file), cover);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->image.width, width) << cover;
    EXPECT_EQ(decoded->image.height, height) << cover;
    EXPECT_EQ(decoded->width, 805);
    EXPECT_EQ(decoded->height, 603);
  }
}

// The reduced transform is a filter of its own: near the area mean of the whole picture, not equal to it.
TEST(DecodeTest, ScaledJpegLooksLikeTheWholeOne) {
  constexpr double kMeanTolerance = 2, kMostTolerance = 60;  // the latter at the hard edges of the discs
  const FileBytes file = write_jpeg(paint(800, 640, 1), {});
  const cv::Mat whole = decoded_by_opencv(file);
  for (const int cover : {80, 160, 240, 320, 400, 480, 560}) {
    const auto decoded = decode(view(file), cover);
    ASSERT_EQ(decoded->image.height, cover);
    cv::Mat golden;
    cv::resize(whole, golden, {decoded->image.width, decoded->image.height}, 0, 0, cv::INTER_AREA);
    const Difference apart = difference(as_mat(decoded->image), golden);
    EXPECT_LE(apart.mean, kMeanTolerance) << cover;
    EXPECT_LE(apart.most, kMostTolerance) << cover;
  }
}

// The size that is reported is the upright one, whatever the scale.
TEST(DecodeTest, ReportsTheUprightSize) {
  JpegKind kind;
  kind.exif = exif(6, ByteOrder::kBig);
  const auto decoded = decode(view(write_jpeg(paint(800, 400, 1), kind)), 100);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->width, 400);
  EXPECT_EQ(decoded->height, 800);
  EXPECT_EQ(decoded->image.width, 100);
  EXPECT_EQ(decoded->image.height, 200);
}

TEST(DecodeTest, TruncatedJpegIsAPartialPictureWithAWarning) {
  const cv::Mat photo = paint(200, 160, 3);
  FileBytes file = write_jpeg(photo, {});
  file.resize(file.size() * 7 / 10);
  const auto decoded = decode(view(file), 0);
  ASSERT_TRUE(decoded);
  EXPECT_NE(decoded->warning, "");
  const cv::Rect upper(0, 0, 200, 64);
  EXPECT_LE(difference(as_mat(decoded->image)(upper), photo(upper)).mean, 4);
}

// Builds agree on damaged data only where no vector instructions take part: at other scales.
TEST(DecodeTest, DamagedJpegIsDecodedAtAScaleOfItsOwnThatCovers) {
  FileBytes file = write_jpeg(paint(800, 640, 3), {});
  file.resize(file.size() * 9 / 10);
  // cover, and the height: 640 n / 8 for n = 3, 3, 3, 5, 5, 6, 7, 9
  const std::pair<int, int> cases[] = {{80, 240},  {160, 240}, {240, 240}, {320, 400}, {400, 400},
                                       {480, 480}, {560, 560}, {640, 720}, {0, 640}};
  for (const auto& [cover, height] : cases) {
    const auto decoded = decode(view(file), cover);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->image.height, height) << cover;
    EXPECT_EQ(decoded->height, 640);
    EXPECT_NE(decoded->warning, "");
  }
}

TEST(DecodeTest, DamagedJpegStaysWithinTheLargestSide) {
  FileBytes file = write_jpeg(cv::Mat(8, 65000, CV_8UC3, cv::Scalar(1, 2, 3)), {});
  file.resize(file.size() * 9 / 10);
  const auto decoded = decode(view(file), 100);
  ASSERT_TRUE(decoded);
  EXPECT_LE(decoded->image.width, kMaxSide);
  EXPECT_EQ(decoded->width, 65000);
}

TEST(DecodeTest, LeavesOtherFormatsToThePlatform) {
  const std::string webp("RIFF\x10\0\0\0WEBPVP8 ", 16);
  const auto decoded = decode({reinterpret_cast<const std::uint8_t*>(webp.data()), webp.size()}, 0);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().problem, Problem::kNeedsPlatform);
  EXPECT_EQ(decoded.error().message, "expected a format that can be read here, found WebP");
}

TEST(DecodeTest, SaysWhatIsNoPicture) {
  const auto empty = decode({}, 0);
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().problem, Problem::kNotAPicture);
  EXPECT_EQ(empty.error().message, "expected a picture (JPEG, PNG, GIF, BMP, WebP, …), found an empty file");
}

TEST(DecodeTest, RgbaIsComposedOverWhite) {
  const cv::Mat photo = paint(31, 17, 6), alpha = paint_alpha(31, 17);
  cv::Mat planes[4], rgba;
  cv::split(photo, planes);
  planes[3] = alpha;
  cv::merge(planes, 4, rgba);
  const auto image = from_rgba(rgba.data, 31, 17);
  ASSERT_TRUE(image);
  EXPECT_EQ(difference(as_mat(*image), over_white(photo, alpha)).most, 0);
}

TEST(DecodeTest, RgbaOfNoSizeIsRefused) {
  const std::uint8_t pixel[4] = {};
  for (const auto& [width, height] : {std::pair(0, 1), std::pair(1, 0), std::pair(-1, 1), std::pair(1, -1)}) {
    const auto image = from_rgba(pixel, width, height);
    ASSERT_FALSE(image);
    EXPECT_EQ(image.error().problem, Problem::kCorrupt);
  }
  const auto giant = from_rgba(pixel, 65535, 65535);
  ASSERT_FALSE(giant);
  EXPECT_EQ(giant.error().problem, Problem::kTooLarge);
}

TEST(DecodeTest, LineEndsInFrontOfAJpegAreNoPartOfIt) {
  const FileBytes jpeg = write_jpeg(paint(40, 30, 9), {});
  FileBytes longer = {'\r', '\n'};
  longer.insert(longer.end(), jpeg.begin(), jpeg.end());
  const auto wanted = decode({jpeg.data(), jpeg.size()}, 0), found = decode({longer.data(), longer.size()}, 0);
  ASSERT_TRUE(wanted && found) << found.error().message;
  EXPECT_TRUE(
      std::equal(wanted->image.pixels.get(), wanted->image.pixels.get() + 40 * 30 * 3, found->image.pixels.get()));
  const FileBytes only = {'\r', '\n'};
  EXPECT_FALSE(decode({only.data(), only.size()}, 0));
}

}  // namespace
}  // namespace catdog
