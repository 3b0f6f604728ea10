// The core's own decoder of baseline JPEG at 1/8 and 2/8: the same pixels as libjpeg-turbo, and nothing else.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "catdog/photo/decode.h"
#include "pictures/jpeg_writer.h"
#include "pictures/painter.h"
#include "pictures/test_pictures.h"
#include "reference_jpeg.h"
#include "support/test_data.h"

namespace catdog {
namespace {

using Sampling = std::vector<std::pair<int, int>>;

const Sampling k444 = {}, k422 = {{2, 1}, {1, 1}, {1, 1}}, k420 = {{2, 2}, {1, 1}, {1, 1}},
               k440 = {{1, 2}, {1, 1}, {1, 1}};
const Sampling kSamplings[] = {k444,
                               k422,
                               k420,
                               k440,
                               {{2, 2}, {1, 2}, {2, 1}},
                               {{1, 2}, {1, 2}, {1, 2}},
                               {{1, 1}, {2, 2}, {1, 1}},
                               {{2, 2}, {2, 1}, {2, 1}}};

Bytes view(const FileBytes& bytes) { return {bytes.data(), bytes.size()}; }

// Whether the core's own decoder took the file at both scales and made the same of it.
void expect_same(const FileBytes& file, const std::string& what) {
  for (const int numerator : {1, 2}) {
    const auto own = own_decoder_at(view(file), numerator), reference = libjpeg_at(view(file), numerator);
    ASSERT_TRUE(reference) << what << " at " << numerator << "/8";
    ASSERT_TRUE(own) << what << " at " << numerator << "/8";
    ASSERT_TRUE(*own == *reference) << what << " at " << numerator << "/8";
  }
}

void expect_left_to_libjpeg(const FileBytes& file, const std::string& what) {
  for (const int numerator : {1, 2}) EXPECT_FALSE(own_decoder_at(view(file), numerator)) << what;
}

std::string name_of(const Sampling& sampling, int width, int height) {
  std::string name = std::to_string(width) + "×" + std::to_string(height);
  for (const auto& [across, down] : sampling) name += ' ' + std::to_string(across) + ':' + std::to_string(down);
  return name;
}

TEST(JpegScaledTest, EverySizeInEverySampling) {
  for (int width = 1; width <= 67; ++width) {
    for (int height = 1; height <= 67; height += width % 3 + 1) {
      const Sampling& sampling = kSamplings[(width + height) % std::size(kSamplings)];
      JpegKind kind;
      kind.sampling = sampling;
      kind.optimised = height % 2 == 0;
      expect_same(write_jpeg(paint(width, height, static_cast<unsigned>(width)), kind),
                  name_of(sampling, width, height));
    }
  }
}

TEST(JpegScaledTest, SmallestSizesInEachSampling) {
  for (const Sampling& sampling : kSamplings) {
    for (int width = 1; width <= 35; width += width < 20 ? 1 : 5) {
      for (int height = 1; height <= 35; height += height < 20 ? 1 : 5) {
        JpegKind kind;
        kind.sampling = sampling;
        expect_same(write_jpeg(paint(width, height, 7), kind), name_of(sampling, width, height));
      }
    }
  }
}

TEST(JpegScaledTest, EveryQualityWithEveryKindOfTables) {
  for (int quality = 1; quality <= 100; ++quality) {
    for (const Sampling& sampling : kSamplings) {
      JpegKind kind;
      kind.quality = quality;
      kind.sampling = sampling;
      kind.optimised = quality % 2 == 1;
      kind.tables = 1 + quality % 3;
      expect_same(write_jpeg(paint(83, 61, static_cast<unsigned>(quality)), kind),
                  "quality " + std::to_string(quality));
    }
  }
}

// The steps of quality 1 go up to 6050. A coefficient of that size is left to libjpeg-turbo; at quality 4 none is.
TEST(JpegScaledTest, StepsOf16Bits) {
  int own = 0;
  for (int quality = 1; quality <= 20; ++quality) {
    JpegKind kind;
    kind.quality = quality;
    kind.wide_steps = true;
    const FileBytes file = write_jpeg(paint(83, 61, 3), kind);
    for (const int numerator : {1, 2}) {
      const auto decoded = own_decoder_at(view(file), numerator);
      own += decoded.has_value();
      EXPECT_TRUE(!decoded || decoded == libjpeg_at(view(file), numerator)) << quality;
    }
  }
  EXPECT_GE(own, 30);
}

TEST(JpegScaledTest, EveryRestartInterval) {
  for (unsigned interval = 1; interval <= 9; ++interval) {
    for (const Sampling& sampling : kSamplings) {
      JpegKind kind;
      kind.restart_interval = interval;
      kind.sampling = sampling;
      expect_same(write_jpeg(paint(131, 97, interval), kind), "interval " + std::to_string(interval));
    }
  }
}

TEST(JpegScaledTest, GreyAndRgb) {
  for (const JpegColours colours : {JpegColours::kGrey, JpegColours::kRgb}) {
    for (int side = 1; side <= 67; ++side) {
      JpegKind kind;
      kind.colours = colours;
      kind.restart_interval = static_cast<unsigned>(side % 4);
      if (side % 3 == 0) kind.sampling = {{2, 2}};
      expect_same(write_jpeg(paint(side, 68 - side, 5), kind), std::to_string(side));
    }
  }
}

TEST(JpegScaledTest, LargePictures) {
  for (const Sampling& sampling : {k444, k422, k420, k440}) {
    JpegKind kind;
    kind.sampling = sampling;
    kind.quality = 97;
    expect_same(write_jpeg(paint(1999, 1501, 5), kind), name_of(sampling, 1999, 1501));
    kind.optimised = true;
    kind.quality = 30;
    expect_same(write_jpeg(paint(1501, 1999, 6), kind), name_of(sampling, 1501, 1999));
  }
}

// Noise at full quality has the longest codes, and blocks that use all coefficients.
TEST(JpegScaledTest, Noise) {
  for (const Sampling& sampling : kSamplings) {
    for (const int quality : {60, 90, 100}) {
      cv::Mat noise(241, 239, CV_8UC3);
      cv::RNG(static_cast<unsigned>(quality)).fill(noise, cv::RNG::UNIFORM, 0, 256);
      JpegKind kind;
      kind.sampling = sampling;
      kind.quality = quality;
      kind.optimised = quality == 90;
      expect_same(write_jpeg(noise, kind), "noise");
    }
  }
}

TEST(JpegScaledTest, OtherKindsAreLeftToLibjpeg) {
  const cv::Mat photo = paint(101, 67, 1);
  const auto written = [&](auto change) {
    JpegKind kind;
    change(kind);
    return write_jpeg(photo, kind);
  };
  expect_left_to_libjpeg(written([](JpegKind& kind) { kind.progressive = true; }), "progressive");
  expect_left_to_libjpeg(written([](JpegKind& kind) { kind.arithmetic = true; }), "arithmetic");
  expect_left_to_libjpeg(written([](JpegKind& kind) { kind.separate_scans = true; }), "separate scans");
  expect_left_to_libjpeg(written([](JpegKind& kind) { kind.sampling = {{4, 1}, {1, 1}, {1, 1}}; }), "4:1:1");
  expect_left_to_libjpeg(written([](JpegKind& kind) { kind.sampling = {{3, 1}, {1, 1}, {1, 1}}; }), "3:1:1");
  const FileBytes file = write_jpeg(photo, {});
  for (const int numerator : {3, 4, 8}) EXPECT_FALSE(own_decoder_at(view(file), numerator)) << numerator;
}

// Of each kind a file that is small enough to be cut after each of its bytes.
std::vector<FileBytes> small_files() {
  std::vector<FileBytes> files;
  for (const Sampling& sampling : {k444, k422, k420, k440}) {
    for (const unsigned interval : {0u, 1u, 3u}) {
      JpegKind kind;
      kind.sampling = sampling;
      kind.restart_interval = interval;
      kind.quality = 60;
      kind.optimised = interval == 1;
      files.push_back(write_jpeg(paint(40, 33, interval), kind));
    }
  }
  return files;
}

TEST(JpegScaledTest, NoTruncatedFileIsTaken) {
  for (const FileBytes& file : small_files()) {
    for (std::size_t size = 0; size < file.size(); ++size) {
      const FileBytes part(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
      for (const int numerator : {1, 2}) ASSERT_FALSE(own_decoder_at(view(part), numerator)) << size;
      const auto row = decode(view(part), 1);
      ASSERT_TRUE(!row || !row->warning.empty()) << size;
    }
  }
}

// What a changed byte makes of a file: the same as libjpeg-turbo, or left to it.
TEST(JpegScaledTest, DamagedFilesAreTheSameOrLeftToLibjpeg) {
  int taken = 0, left = 0;
  for (const FileBytes& file : small_files()) {
    for (std::size_t at = 2; at < file.size(); ++at) {
      FileBytes changed = file;
      changed[at] = static_cast<std::uint8_t>(at * 37 + (at >> 3));
      for (const int numerator : {1, 2}) {
        const auto own = own_decoder_at(view(changed), numerator);
        ++(own ? taken : left);
        ASSERT_TRUE(!own || own == libjpeg_at(view(changed), numerator)) << at << " at " << numerator << "/8";
      }
    }
  }
  EXPECT_GE(taken, 1000);
  EXPECT_GE(left, 1000);
}

TEST(JpegScaledTest, EveryPhotoIsTheSame) {
  const auto data = test_data();
  if (data.empty()) GTEST_SKIP() << kNoTestData;
  int taken = 0, left = 0;
  const auto compare = [&](const std::filesystem::path& path) {
    const FileBytes file = bytes_of(path);
    for (const int numerator : {1, 2}) {
      const auto own = own_decoder_at(view(file), numerator);
      ++(own ? taken : left);
      EXPECT_TRUE(!own || own == libjpeg_at(view(file), numerator)) << path << " at " << numerator << "/8";
    }
  };
  for (const char* folder :
       {"large", "formats/jpeg", "formats/orientation", "formats/corrupt", "originals/Cat", "originals/Dog"}) {
    for (const auto& path : files_in(data / folder)) compare(path);
  }
  constexpr std::size_t kStep = 20;  // of the 22,549
  for (const char* folder : {"PetImages/Cat", "PetImages/Dog"}) {
    const auto paths = files_in(data / folder);
    for (std::size_t i = 0; i < paths.size(); i += kStep) compare(paths[i]);
  }
  EXPECT_GE(taken, 3000);
  EXPECT_LE(left, 200);
}

}  // namespace
}  // namespace catdog
