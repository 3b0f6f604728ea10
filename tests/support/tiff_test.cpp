// TIFF: what is in the file is what comes out, for kinds that are rare.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "pictures/icc_writer.h"
#include "pictures/painter.h"
#include "support/decoder_main.h"
#include "support/photo.h"
#include "support/platform_decoders.h"
#include "support/tiff_writer.h"

namespace catdog {
namespace {

using FileBytes = std::vector<std::uint8_t>;

constexpr int kSide = 64;

Result<Preprocessed> read(const FileBytes& file) { return preprocess_photo({file.data(), file.size()}, kSide); }

// The largest difference of any sample; 255 and a failure where there is no picture.
double worst(const Result<Preprocessed>& photo, const cv::Mat& truth) {
  if (!photo) {
    ADD_FAILURE() << photo.error().message;
    return 255;
  }
  const cv::Mat found(kSide, kSide, CV_8UC3, photo->picture.pixels.get());
  return cv::norm(found, truth, cv::NORM_INF);
}

std::string error_of(const FileBytes& file) {
  const auto photo = read(file);
  return photo ? "no error" : photo.error().message;
}

// All samples of `picture` as a TIFF of that kind stores them: little-endian.
FileBytes stored(const cv::Mat& picture, unsigned bits, bool fraction = false) {
  FileBytes bytes;
  const auto put = [&](auto value) {
    std::uint8_t raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes.insert(bytes.end(), raw, raw + sizeof value);
  };
  const cv::Mat flat = picture.clone().reshape(1, 1);
  unsigned pending = 0, count = 0;
  for (int i = 0; i < flat.cols; ++i) {
    const std::uint8_t level = flat.at<std::uint8_t>(i);
    if (fraction && bits == 32) put(static_cast<float>(level / 255.0));
    if (fraction && bits == 64) put(level / 255.0);
    if (!fraction && bits == 8) put(level);
    // What lies below the upper byte must not matter.
    if (!fraction && bits == 16) put(static_cast<std::uint16_t>(level << 8 | (i * 37 & 255)));
    if (!fraction && bits == 32) put(std::uint32_t{level} << 24 | (static_cast<std::uint32_t>(i) * 977 & 0xFFFFFF));
    if (bits != 12) continue;
    pending = pending << 12 | static_cast<unsigned>(level) << 4 | (i * 5 & 15);
    count += 12;
    for (; count >= 8; count -= 8) bytes.push_back(static_cast<std::uint8_t>(pending >> (count - 8)));
  }
  return bytes;
}

TiffPage page_of(const cv::Mat& picture, unsigned photometric, unsigned bits = 8, unsigned format = 1) {
  TiffPage page;
  page.width = static_cast<unsigned>(picture.cols);
  page.height = static_cast<unsigned>(picture.rows);
  page.samples = static_cast<unsigned>(picture.channels());
  page.photometric = photometric;
  page.bits = bits;
  page.format = format;
  page.data = stored(picture, bits, format == 3);
  return page;
}

cv::Mat grey_of(const cv::Mat& rgb) {
  cv::Mat grey;
  cv::cvtColor(rgb, grey, cv::COLOR_RGB2GRAY);
  return grey;
}

cv::Mat to_rgb(const cv::Mat& grey) {
  cv::Mat rgb;
  cv::cvtColor(grey, rgb, cv::COLOR_GRAY2RGB);
  return rgb;
}

// The channels of both behind each other.
cv::Mat joined(const cv::Mat& one, const std::vector<cv::Mat>& more) {
  std::vector<cv::Mat> planes;
  cv::split(one, planes);
  planes.insert(planes.end(), more.begin(), more.end());
  cv::Mat all;
  cv::merge(planes, all);
  return all;
}

constexpr unsigned kWhiteIsZero = 0, kBlackIsZero = 1, kRgb = 2, kWhole = 1, kFraction = 3;

TEST(TiffTest, AnyDepth) {
  const cv::Mat rgb = paint(kSide, kSide, 1), grey = grey_of(rgb);
  const std::pair<unsigned, unsigned> kinds[] = {{8, kWhole},  {12, kWhole},    {16, kWhole},
                                                 {32, kWhole}, {32, kFraction}, {64, kFraction}};
  for (const auto& [bits, format] : kinds) {
    EXPECT_EQ(worst(read(write_tiff({page_of(rgb, kRgb, bits, format)})), rgb), 0) << bits << ' ' << format;
    EXPECT_EQ(worst(read(write_tiff({page_of(grey, kBlackIsZero, bits, format)})), to_rgb(grey)), 0) << bits;
    EXPECT_EQ(worst(read(write_tiff({page_of(255 - grey, kWhiteIsZero, bits, format)})), to_rgb(grey)), 0) << bits;
  }
}

TEST(TiffTest, ColourProfilesAreApplied) {
  const cv::Mat rgb = paint(kSide, kSide, 20);
  TiffPage page = page_of(rgb, kRgb, 8);
  page.profile = write_icc({kProPhotoColorants, icc_gamma(1.8)});
  Image expected = Image::of_size(kSide, kSide);
  std::copy(rgb.datastart, rgb.dataend, expected.pixels.get());
  ToSrgb::of_profile({page.profile.data(), page.profile.size()}).apply(expected);
  const cv::Mat truth(kSide, kSide, CV_8UC3, expected.pixels.get());
  ASSERT_GT(cv::norm(rgb, truth, cv::NORM_INF), 20);
  for (const bool big : {false, true}) EXPECT_EQ(worst(read(write_tiff({page}, big)), truth), 0) << big;
}

TEST(TiffTest, AlphaIsStraightOrPremultiplied) {
  const cv::Mat rgb = paint(kSide, kSide, 2), grey = grey_of(rgb), alpha = paint_alpha(kSide, kSide);
  cv::Mat multiplied(rgb.size(), CV_8UC3), grey_multiplied(grey.size(), CV_8U);
  cv::multiply(rgb, to_rgb(alpha), multiplied, 1 / 255.0);
  cv::multiply(grey, alpha, grey_multiplied, 1 / 255.0);
  const auto with = [](TiffPage page, unsigned extra) {
    page.extra = {extra};
    return write_tiff({page});
  };
  for (const unsigned bits : {8u, 16u}) {
    EXPECT_LE(worst(read(with(page_of(joined(rgb, {alpha}), kRgb, bits), 2)), over_white(rgb, alpha)), 1) << bits;
    EXPECT_LE(worst(read(with(page_of(joined(multiplied, {alpha}), kRgb, bits), 1)), over_white(rgb, alpha)), 1)
        << bits;
    EXPECT_LE(worst(read(with(page_of(joined(grey, {alpha}), kBlackIsZero, bits), 2)), over_white(to_rgb(grey), alpha)),
              1)
        << bits;
    EXPECT_LE(worst(read(with(page_of(joined(grey_multiplied, {alpha}), kBlackIsZero, bits), 1)),
                    over_white(to_rgb(grey), alpha)),
              1)
        << bits;
  }
}

// Infrared, masks: no alpha unless the file says so.
TEST(TiffTest, OtherExtraSamplesAreNotSeen) {
  const cv::Mat rgb = paint(kSide, kSide, 3), other = paint_alpha(kSide, kSide);
  for (const std::vector<unsigned>& extra : {std::vector<unsigned>{0}, {0, 0}, {}}) {
    TiffPage page = page_of(joined(rgb, std::vector<cv::Mat>(std::max<std::size_t>(extra.size(), 1), other)), kRgb);
    page.extra = extra;
    EXPECT_EQ(worst(read(write_tiff({page})), rgb), 0) << extra.size();
  }
  TiffPage second = page_of(joined(rgb, {255 - other, other}), kRgb);
  second.extra = {0, 2};
  EXPECT_LE(worst(read(write_tiff({second})), over_white(rgb, other)), 1);
}

TEST(TiffTest, PlanesTilesAndBigFiles) {
  const cv::Mat rgb = paint(kSide, kSide, 4);
  EXPECT_EQ(worst(read(write_tiff({page_of(rgb, kRgb)}, true)), rgb), 0);
  TiffPage apart = page_of(rgb, kRgb, 16);
  std::vector<cv::Mat> planes;
  cv::split(rgb, planes);
  apart.data.clear();
  for (const cv::Mat& plane : planes) {
    const FileBytes bytes = stored(plane, 16);
    apart.data.insert(apart.data.end(), bytes.begin(), bytes.end());
  }
  apart.planes = true;
  EXPECT_EQ(worst(read(write_tiff({apart})), rgb), 0);
  // 48 does not divide 64: the last tiles reach beyond the picture.
  TiffPage tiled = page_of(rgb, kRgb);
  tiled.tile = 48;
  tiled.data.clear();
  for (int y = 0; y < kSide; y += 48) {
    for (int x = 0; x < kSide; x += 48) {
      cv::Mat tile(48, 48, CV_8UC3, cv::Scalar(9, 9, 9));
      const cv::Rect inside(0, 0, std::min(48, kSide - x), std::min(48, kSide - y));
      rgb({x, y, inside.width, inside.height}).copyTo(tile(inside));
      const FileBytes bytes = stored(tile, 8);
      tiled.data.insert(tiled.data.end(), bytes.begin(), bytes.end());
    }
  }
  EXPECT_EQ(worst(read(write_tiff({tiled})), rgb), 0);
}

// L* a* b* of sRGB's corners in the light D50 (Lindbloom).
TEST(TiffTest, CieLab) {
  const std::pair<cv::Vec3d, cv::Vec3b> colours[] = {{{100, 0, 0}, {255, 255, 255}},
                                                     {{0, 0, 0}, {0, 0, 0}},
                                                     {{53.59, 0, 0}, {128, 128, 128}},
                                                     {{54.29, 80.81, 69.89}, {255, 0, 0}},
                                                     {{29.57, 68.30, -112.03}, {0, 0, 255}}};
  for (const auto& [lab, rgb] : colours) {
    const cv::Vec3b raw(static_cast<std::uint8_t>(std::lround(lab[0] * 2.55)),
                        static_cast<std::uint8_t>(std::lround(lab[1])), static_cast<std::uint8_t>(std::lround(lab[2])));
    const cv::Mat picture(kSide, kSide, CV_8UC3, cv::Scalar(raw[0], raw[1], raw[2]));
    EXPECT_LE(worst(read(write_tiff({page_of(picture, 8)})), cv::Mat(kSide, kSide, CV_8UC3, cv::Scalar(rgb))), 4)
        << lab;
  }
}

// libtiff takes the first of two sizes.
TEST(TiffTest, TheSizeIsTheOneThatIsDecoded) {
  TiffPage page = page_of(paint(kSide, kSide, 5), kRgb);
  page.width = page.height = 32000;
  page.more = {{256, kSide}, {257, kSide}};
  EXPECT_EQ(error_of(write_tiff({page})), "expected at most 100 megapixels, found 32000×32000");
}

FileBytes jpeg_of(const cv::Mat& rgb) {
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  FileBytes bytes;
  EXPECT_TRUE(cv::imencode(".jpg", bgr, bytes, {cv::IMWRITE_JPEG_QUALITY, 100}));
  return bytes;
}

constexpr unsigned kSensor = 32803, kJpeg = 7, kDngVersion = 50706;

// As a DNG is built: a thumbnail, within it what the sensor saw and a larger preview.
TiffPage camera_raw(const cv::Mat& thumbnail, const std::vector<TiffPage>& within) {
  TiffPage page = page_of(thumbnail, kRgb);
  page.reduced = true;
  page.more = {{kDngVersion, 0x00000401}};
  page.within = within;
  return page;
}

TEST(TiffTest, CameraRawIsItsLargestPreview) {
  const cv::Mat thumbnail(16, 16, CV_8UC3, cv::Scalar(200, 0, 0)), preview = paint(kSide, kSide, 6);
  const TiffPage sensor = page_of(cv::Mat(200, 200, CV_8U, cv::Scalar(77)), kSensor);
  TiffPage jpeg = page_of(preview, 6);
  jpeg.compression = kJpeg;
  jpeg.reduced = true;
  jpeg.data = jpeg_of(preview);
  TiffPage plain = page_of(preview, kRgb);

  const auto alone = read(jpeg.data);
  ASSERT_TRUE(alone);
  const cv::Mat as_jpeg(kSide, kSide, CV_8UC3, alone->picture.pixels.get());
  EXPECT_EQ(worst(read(write_tiff({camera_raw(thumbnail, {sensor, jpeg})})), as_jpeg), 0);
  EXPECT_EQ(worst(read(write_tiff({camera_raw(thumbnail, {sensor, plain})})), preview), 0);
  TiffPage broken = jpeg;
  broken.data.resize(40);
  EXPECT_EQ(worst(read(write_tiff({camera_raw(thumbnail, {sensor, broken, plain})})), preview), 0);
  // Nothing but the thumbnail can be read.
  const auto small = read(write_tiff({camera_raw(thumbnail, {sensor})}));
  ASSERT_TRUE(small) << small.error().message;
  EXPECT_EQ(small->width, 16);
  EXPECT_NE(error_of(write_tiff({sensor})).find("camera raw data without a picture"), std::string::npos)
      << error_of(write_tiff({sensor}));
}

TEST(TiffTest, APreviewIsTurnedAsItsCameraSays) {
  const cv::Mat upright = paint(kSide, kSide, 7), stored_picture = stored_for(upright, 6);
  TiffPage plain = page_of(stored_picture, kRgb);
  TiffPage raw = camera_raw(cv::Mat(16, 16, CV_8UC3, cv::Scalar(200, 0, 0)), {plain});
  raw.orientation = 6;
  EXPECT_EQ(worst(read(write_tiff({raw})), upright), 0);
}

TEST(TiffTest, ASmallCopyInFrontIsNotThePicture) {
  TiffPage small = page_of(cv::Mat(16, 16, CV_8UC3, cv::Scalar(200, 0, 0)), kRgb);
  small.reduced = true;
  const cv::Mat rgb = paint(kSide, kSide, 8);
  EXPECT_EQ(worst(read(write_tiff({small, page_of(rgb, kRgb)})), rgb), 0);
}

TEST(TiffTest, DirectoriesThatLeadInCircles) {
  FileBytes file = write_tiff({camera_raw(cv::Mat(16, 16, CV_8UC3, cv::Scalar(200, 0, 0)), {})});
  // Behind the last entry stands where the next directory is; the first one's place stands at 4.
  std::copy(file.begin() + 4, file.begin() + 8, file.end() - 4);
  EXPECT_TRUE(read(file)) << error_of(file);
}

}  // namespace
}  // namespace catdog

int main(int argc, char** argv) { return catdog::run_tests_or_decode(argc, argv, catdog::decode_by_platform); }
