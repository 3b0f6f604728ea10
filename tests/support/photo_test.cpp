// The formats that the core leaves to the platform: pixels, orientation, alpha, limits, damage.
#include "support/photo.h"
#include "support/photo_boxes.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <random>

#include "pictures/byte_writer.h"
#include "pictures/exif_writer.h"
#include "pictures/icc_writer.h"
#include "pictures/painter.h"
#include "support/decoder_main.h"
#include "support/heif_writer.h"
#include "support/platform_decoders.h"

namespace catdog {
namespace {

constexpr int kSide = 64;          // pictures are square and asked for at their own size: nothing is resized
constexpr double kLossyError = 4;  // of 255, on average: AVIF and HEIC at quality 95

FileBytes encode(const std::string& extension, const cv::Mat& rgb, const std::vector<int>& how = {}) {
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, rgb.channels() == 4 ? cv::COLOR_RGBA2BGRA : cv::COLOR_RGB2BGR);
  FileBytes bytes;
  EXPECT_TRUE(cv::imencode(extension, bgr, bytes, how));
  return bytes;
}

cv::Mat with_alpha(const cv::Mat& rgb, const cv::Mat& alpha) {
  cv::Mat planes[4], rgba;
  cv::split(rgb, planes);
  planes[3] = alpha;
  cv::merge(planes, 4, rgba);
  return rgba;
}

cv::Mat opaque(const cv::Mat& rgb) { return with_alpha(rgb, cv::Mat(rgb.size(), CV_8U, cv::Scalar(255))); }

Result<Preprocessed> read(const FileBytes& file, int size = kSide) {
  return preprocess_photo({file.data(), file.size()}, size);
}

// How far the picture is from `truth` on average; 255 where there is none.
double mean_error(const Result<Preprocessed>& photo, const cv::Mat& truth) {
  if (!photo) {
    ADD_FAILURE() << photo.error().message;
    return 255;
  }
  EXPECT_EQ(photo->width, truth.cols);
  EXPECT_EQ(photo->height, truth.rows);
  const cv::Mat found(photo->picture.height, photo->picture.width, CV_8UC3, photo->picture.pixels.get());
  if (found.size() != truth.size()) return 255;
  return cv::norm(found, truth, cv::NORM_L1) / static_cast<double>(truth.total() * 3);
}

const std::vector<int> kLosslessWebp = {cv::IMWRITE_WEBP_QUALITY, 101};

// An animation of one frame, 2·x and 2·y from the canvas's corner.
FileBytes animated_webp(unsigned canvas, unsigned x, unsigned y, const cv::Mat& frame) {
  ByteWriter data;
  for (const unsigned value : {x, y, frame.cols - 1u, frame.rows - 1u, 100u})
    data.u16le(value & 0xFFFF).u8(value >> 16);
  data.u8(2).append(webp_chunks(encode(".webp", frame, kLosslessWebp)));
  const FileBytes anim = chunk("ANIM", {0, 0, 0, 0, 0, 0}), anmf = chunk("ANMF", data.bytes);
  return extended_webp(2 | 16, canvas, canvas, ByteWriter().append(anim).append(anmf).append(anmf).bytes);
}

// TIFF 6.0, baseline, uncompressed RGB in one strip, big-endian.
FileBytes tiff(unsigned width, unsigned height, const cv::Mat& stored, unsigned orientation) {
  ByteWriter file;
  const unsigned pixels = static_cast<unsigned>(stored.total() * 3), bits = 8 + pixels, directory = bits + 6;
  file.text("MM").u16be(42).u32be(directory);
  file.append(FileBytes(stored.data, stored.data + pixels)).u16be(8).u16be(8).u16be(8);
  const auto entry = [&](unsigned tag, unsigned count, unsigned value) {
    file.u16be(tag).u16be(kTiffLong).u32be(count).u32be(value);
  };
  const auto short_entry = [&](unsigned tag, unsigned value) {
    file.u16be(tag).u16be(kTiffShort).u32be(1).u16be(value).u16be(0);
  };
  file.u16be(10);
  entry(0x100, 1, width);
  entry(0x101, 1, height);
  file.u16be(0x102).u16be(kTiffShort).u32be(3).u32be(bits);
  short_entry(0x103, 1);  // no compression
  short_entry(0x106, 2);  // RGB
  entry(0x111, 1, 8);
  short_entry(0x112, orientation);
  short_entry(0x115, 3);
  entry(0x116, 1, height);
  entry(0x117, 1, pixels);
  file.u32be(0);
  return file.bytes;
}

// One sound file of each format.
std::vector<std::pair<std::string, FileBytes>> samples() {
  const cv::Mat rgb = paint(kSide, kSide, 5);
  std::vector<std::pair<std::string, FileBytes>> all = {
      {"webp", encode(".webp", rgb, kLosslessWebp)},
      {"lossy.webp", encode(".webp", rgb, {cv::IMWRITE_WEBP_QUALITY, 80})},
      {"animated.webp", animated_webp(kSide, 4, 3, paint(20, 30, 6))},
      {"tiff", tiff(kSide, kSide, rgb, 6)},
      {"lzw.tiff", encode(".tiff", rgb)},
      {"jp2", encode(".jp2", rgb)}};
  for (const HeifKind kind : {HeifKind::kAvif, HeifKind::kHeic}) {
    FileBytes bytes = write_heif(opaque(rgb), kind);
    if (!bytes.empty()) all.push_back({kind == HeifKind::kAvif ? "avif" : "heic", std::move(bytes)});
  }
  return all;
}

TEST(PhotoTest, LosslessFormatsGiveWhatWasPainted) {
  const cv::Mat rgb = paint(kSide, kSide, 1), alpha = paint_alpha(kSide, kSide);
  EXPECT_EQ(mean_error(read(encode(".webp", rgb, kLosslessWebp)), rgb), 0);
  EXPECT_EQ(mean_error(read(encode(".tiff", rgb)), rgb), 0);
  EXPECT_EQ(mean_error(read(encode(".jp2", rgb, {cv::IMWRITE_JPEG2000_COMPRESSION_X1000, 1000})), rgb), 0);
  // Over white; rounding may differ by one.
  EXPECT_LE(mean_error(read(encode(".webp", with_alpha(rgb, alpha), kLosslessWebp)), over_white(rgb, alpha)), 0.5);
}

TEST(PhotoTest, SixteenBitsAndGrey) {
  const cv::Mat rgb = paint(kSide, kSide, 2);
  cv::Mat deep, grey;
  rgb.convertTo(deep, CV_16U, 257);
  EXPECT_LE(mean_error(read(encode(".tiff", deep)), rgb), 1);
  cv::cvtColor(rgb, grey, cv::COLOR_RGB2GRAY);
  FileBytes bytes;
  ASSERT_TRUE(cv::imencode(".tiff", grey, bytes));
  cv::Mat truth;
  cv::cvtColor(grey, truth, cv::COLOR_GRAY2RGB);
  EXPECT_EQ(mean_error(read(bytes), truth), 0);
}

TEST(PhotoTest, AnAnimationIsItsFirstFrameOnItsCanvas) {
  const cv::Mat frame = paint(20, 30, 3);
  cv::Mat truth(kSide, kSide, CV_8UC3, cv::Scalar::all(255));
  frame.copyTo(truth(cv::Rect(8, 6, 20, 30)));
  EXPECT_EQ(mean_error(read(animated_webp(kSide, 4, 3, frame)), truth), 0);
}

TEST(PhotoTest, ExifTurnsWebp) {
  const cv::Mat rgb = paint(kSide, 40, 4);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const cv::Mat stored = stored_for(rgb, orientation);
    const FileBytes simple = webp_chunks(encode(".webp", stored, kLosslessWebp));
    for (const bool signed_as_in_jpeg : {false, true}) {
      ByteWriter data;
      if (signed_as_in_jpeg) data.text("Exif").u16be(0);
      data.append(exif(static_cast<unsigned>(orientation), ByteOrder::kLittle));
      const FileBytes file = extended_webp(8, static_cast<unsigned>(stored.cols), static_cast<unsigned>(stored.rows),
                                           ByteWriter().append(simple).append(chunk("EXIF", data.bytes)).bytes);
      const auto photo = read(file);
      ASSERT_TRUE(photo) << photo.error().message;
      EXPECT_EQ(photo->width, rgb.cols) << orientation;
      EXPECT_EQ(photo->height, rgb.rows) << orientation;
      cv::Mat truth;
      cv::resize(rgb, truth, {kSide, kSide}, 0, 0, cv::INTER_AREA);
      const cv::Mat found(kSide, kSide, CV_8UC3, photo->picture.pixels.get());
      EXPECT_LE(cv::norm(found, truth, cv::NORM_L1) / static_cast<double>(truth.total() * 3), 3) << orientation;
    }
  }
}

TEST(PhotoTest, TiffStandsUpright) {
  const cv::Mat upright = paint(kSide, kSide, 5);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const cv::Mat stored = stored_for(upright, orientation);
    EXPECT_EQ(mean_error(read(tiff(kSide, kSide, stored, static_cast<unsigned>(orientation))), upright), 0)
        << orientation;
  }
}

TEST(PhotoTest, AvifAndHeicAreReadUpright) {
  const cv::Mat upright = paint(kSide, kSide, 6);
  for (const HeifKind kind : {HeifKind::kAvif, HeifKind::kHeic}) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      const FileBytes file = write_heif(opaque(stored_for(upright, orientation)), kind, orientation);
      if (file.empty()) GTEST_SKIP() << "libheif has no encoder for one of the two here";
      const auto photo = read(file);
      EXPECT_LE(mean_error(photo, upright), kLossyError) << orientation;
      ASSERT_TRUE(photo);
      EXPECT_EQ(photo->format, kind == HeifKind::kAvif ? Format::kAvif : Format::kHeic);
    }
  }
}

TEST(PhotoTest, AvifWithAlphaIsLaidOnWhite) {
  const cv::Mat rgb = paint(kSide, kSide, 7), alpha = paint_alpha(kSide, kSide);
  const FileBytes file = write_heif(with_alpha(rgb, alpha), HeifKind::kAvif);
  if (file.empty()) GTEST_SKIP() << "libheif has no encoder for AVIF here";
  EXPECT_LE(mean_error(read(file), over_white(rgb, alpha)), kLossyError);
}

// What the core makes of these colours (its own test holds that against another library).
cv::Mat in_srgb(const cv::Mat& rgb, const FileBytes& profile) {
  Image picture = Image::of_size(rgb.cols, rgb.rows);
  std::copy(rgb.datastart, rgb.dataend, picture.pixels.get());
  ToSrgb::of_profile({profile.data(), profile.size()}).apply(picture);
  return cv::Mat(rgb.rows, rgb.cols, CV_8UC3, picture.pixels.get()).clone();
}

TEST(PhotoTest, ColourProfilesAreApplied) {
  const cv::Mat rgb = paint(kSide, kSide, 10);
  const FileBytes profile = write_icc({kProPhotoColorants, icc_gamma(1.8)});
  const cv::Mat truth = in_srgb(rgb, profile);
  ASSERT_GT(cv::norm(rgb, truth, cv::NORM_L1) / static_cast<double>(rgb.total() * 3), 3 * kLossyError);

  const FileBytes simple = webp_chunks(encode(".webp", rgb, kLosslessWebp));
  const FileBytes chunks = ByteWriter().append(chunk("ICCP", profile)).append(simple).bytes;
  EXPECT_EQ(mean_error(read(extended_webp(32, kSide, kSide, chunks)), truth), 0) << "WebP";
  const FileBytes jp2 = encode(".jp2", rgb, {cv::IMWRITE_JPEG2000_COMPRESSION_X1000, 1000});
  EXPECT_EQ(mean_error(read(with_profile(jp2, profile)), truth), 0) << "JPEG 2000";
  for (const HeifKind kind : {HeifKind::kAvif, HeifKind::kHeic}) {
    const FileBytes file = write_heif(opaque(rgb), kind, 1, profile);
    if (file.empty()) continue;
    EXPECT_LE(mean_error(read(file), truth), kLossyError) << "AVIF or HEIC";
  }
}

// Every place in `file` where `pattern` stands.
FileBytes replaced(FileBytes file, const FileBytes& pattern, const FileBytes& by) {
  int count = 0;
  for (auto at = std::search(file.begin(), file.end(), pattern.begin(), pattern.end()); at != file.end();
       at = std::search(at + 1, file.end(), pattern.begin(), pattern.end())) {
    std::copy(by.begin(), by.end(), at);
    ++count;
  }
  EXPECT_GT(count, 0) << "the pattern was to be found";
  return file;
}

TEST(PhotoTest, GiganticPicturesAreRefusedByWhatTheyPromise) {
  const auto refused = [](const FileBytes& file, const std::string& name) {
    const auto photo = read(file);
    ASSERT_FALSE(photo) << name;
    EXPECT_EQ(photo.error().problem, Problem::kTooLarge) << name << ": " << photo.error().message;
    EXPECT_NE(photo.error().message.find("expected at most 100 megapixels, found"), std::string::npos) << name;
  };
  const cv::Mat rgb = paint(kSide, kSide, 8);
  const FileBytes side = ByteWriter().u32be(kSide).u32be(kSide).bytes,
                  giant = ByteWriter().u32be(30000).u32be(30000).bytes;
  refused(tiff(60000, 60000, rgb, 1), "TIFF");
  refused(replaced(encode(".jp2", rgb), side, giant), "JPEG 2000");
  refused(animated_webp(16384, 0, 0, rgb), "WebP");
  for (const HeifKind kind : {HeifKind::kAvif, HeifKind::kHeic}) {
    const FileBytes file = write_heif(opaque(rgb), kind);
    if (!file.empty()) refused(replaced(file, side, giant), "AVIF or HEIC");
  }
}

// Damage gives an error or a picture, never a crash.
TEST(PhotoTest, SurvivesDamage) {
  std::mt19937 random(9);
  int refused = 0, tried = 0;
  const auto feed = [&](const FileBytes& damaged) {
    const FileBytes exact(damaged);  // so that a sanitizer sees one byte too far
    const auto photo = read(exact, 16);
    ++tried;
    if (photo) return;
    ++refused;
    EXPECT_EQ(photo.error().message.find("crashed"), std::string::npos) << photo.error().message;
    EXPECT_NE(photo.error().message.find("expected"), std::string::npos) << photo.error().message;
    EXPECT_EQ(photo.error().message.find('\n'), std::string::npos) << photo.error().message;
  };
  for (const auto& [name, sound] : samples()) {
    EXPECT_TRUE(read(sound)) << name;
    for (int part = 0; part < 40; ++part)
      feed({sound.begin(), sound.begin() + static_cast<long>(sound.size() * part / 40)});
    for (int round = 0; round < 60; ++round) {
      FileBytes damaged = sound;
      // The headers, where sizes and offsets stand, get half of the damage.
      const std::size_t reach = round % 2 ? damaged.size() : std::min<std::size_t>(damaged.size(), 400);
      for (unsigned i = 0; i < 1 + random() % 4; ++i) damaged[random() % reach] = static_cast<std::uint8_t>(random());
      feed(damaged);
    }
  }
  EXPECT_GT(refused, tried / 4);
}

TEST(PhotoTest, WhatTheCoreSaysStays) {
  const FileBytes text = {'h', 'e', 'l', 'l', 'o', '\n'};
  const auto photo = read(text);
  ASSERT_FALSE(photo);
  EXPECT_EQ(photo.error().problem, Problem::kNotAPicture);
  const auto by_core = preprocess({text.data(), text.size()}, kSide);
  ASSERT_FALSE(by_core);
  EXPECT_EQ(photo.error().message, by_core.error().message);
}

}  // namespace
}  // namespace catdog

int main(int argc, char** argv) { return catdog::run_tests_or_decode(argc, argv, catdog::decode_by_platform); }
