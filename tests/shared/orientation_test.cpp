// EXIF orientation: found where it is, ignored where it makes no sense, and turned the right way.
#include "catdog/photo/orientation.h"

#include <gtest/gtest.h>

#include <cstring>

#include "pictures/byte_writer.h"
#include "pictures/exif_writer.h"
#include "pictures/jpeg_writer.h"
#include "pictures/painter.h"
#include "support/compare.h"

namespace catdog {
namespace {

using FileBytes = std::vector<std::uint8_t>;

// The smallest thing that carries EXIF: segments up to the start of the scan.
FileBytes jpeg_with(const FileBytes& tiff) {
  ByteWriter out;
  out.u16be(0xFFD8).u16be(0xFFE1).u16be(static_cast<unsigned>(tiff.size() + 8)).text("Exif").u16be(0).append(tiff);
  return out.u16be(0xFFDA).u16be(2).bytes;
}

FileBytes png_with(const FileBytes& tiff) {
  ByteWriter out;
  out.text("\x89PNG\r\n\x1A\n").u32be(0).text("IHDR").u32be(0);
  return out.u32be(static_cast<unsigned>(tiff.size())).text("eXIf").append(tiff).u32be(0).bytes;
}

int orientation_of(const FileBytes& file) {
  const FileBytes exact = file;  // of exactly this length, so that a sanitizer sees its end
  return exif_orientation({exact.data(), exact.size()});
}

TEST(OrientationTest, ReadsAllEightInBothByteOrders) {
  for (std::uint32_t value = 1; value <= 8; ++value) {
    for (const ByteOrder order : {ByteOrder::kLittle, ByteOrder::kBig}) {
      for (const int type : {kTiffShort, kTiffLong}) {
        EXPECT_EQ(orientation_of(jpeg_with(exif(value, order, type))), static_cast<int>(value));
        EXPECT_EQ(orientation_of(png_with(exif(value, order, type))), static_cast<int>(value));
      }
    }
  }
}

TEST(OrientationTest, TheFirstSegmentThatHasIt) {
  const FileBytes none = ByteWriter().text("MM").u16be(42).u32be(8).u16be(0).u32be(0).bytes;
  const auto segments = [](const std::vector<FileBytes>& all) {
    ByteWriter out;
    out.u16be(0xFFD8);
    for (const FileBytes& tiff : all) {
      out.u16be(0xFFE1).u16be(static_cast<unsigned>(tiff.size() + 8)).text("Exif").u16be(0).append(tiff);
    }
    return out.u16be(0xFFDA).u16be(2).bytes;
  };
  EXPECT_EQ(orientation_of(segments({none, exif(6, ByteOrder::kBig)})), 6);
  EXPECT_EQ(orientation_of(segments({exif(3, ByteOrder::kBig), exif(6, ByteOrder::kBig)})), 3);
  EXPECT_EQ(orientation_of(segments({none, none})), 1);
}

FileBytes webp_with(const FileBytes& tiff) {
  ByteWriter out;
  out.text("RIFF").u32le(static_cast<std::uint32_t>(12 + tiff.size())).text("WEBP");
  return out.text("EXIF").u32le(static_cast<std::uint32_t>(tiff.size())).append(tiff).bytes;
}

TEST(OrientationTest, Webp) {
  for (std::uint32_t value = 1; value <= 8; ++value) {
    EXPECT_EQ(orientation_of(webp_with(exif(value, ByteOrder::kLittle))), static_cast<int>(value));
  }
  EXPECT_EQ(orientation_of(webp_with({})), 1);
}

TEST(OrientationTest, NonsenseIsUpright) {
  for (const std::uint32_t value : {0u, 9u, 255u, 65535u}) {
    EXPECT_EQ(orientation_of(jpeg_with(exif(value, ByteOrder::kLittle))), 1) << value;
    EXPECT_EQ(orientation_of(jpeg_with(exif(value, ByteOrder::kBig, kTiffLong))), 1) << value;
  }
  EXPECT_EQ(orientation_of(jpeg_with(exif(0x60006, ByteOrder::kLittle, kTiffLong))), 1);
  EXPECT_EQ(orientation_of({}), 1);
  EXPECT_EQ(orientation_of(FileBytes(100, 0)), 1);
  EXPECT_EQ(orientation_of(write_jpeg(paint(8, 8, 1), {})), 1) << "no EXIF at all";
}

TEST(OrientationTest, BrokenTiffIsUpright) {
  const FileBytes sound = exif(6, ByteOrder::kLittle);
  const auto with = [&](std::size_t at, const FileBytes& bytes) {
    FileBytes tiff = sound;
    std::copy(bytes.begin(), bytes.end(), tiff.begin() + at);
    return orientation_of(jpeg_with(tiff));
  };
  EXPECT_EQ(with(0, {'X', 'X'}), 1) << "no byte order";
  EXPECT_EQ(with(0, {'I', 'M'}), 1) << "half a byte order";
  EXPECT_EQ(with(2, {43, 0}), 1) << "no TIFF";
  EXPECT_EQ(with(4, {0xFF, 0xFF, 0xFF, 0xFF}), 1) << "directory beyond the end";
  EXPECT_EQ(with(4, {static_cast<std::uint8_t>(sound.size() - 1), 0, 0, 0}), 1) << "directory at the last byte";
  EXPECT_EQ(with(4, {0, 0, 0, 0}), 1) << "directory within the header";
  EXPECT_EQ(with(8, {0, 0}), 1) << "no entries";
  EXPECT_EQ(with(8, {0xFF, 0xFF}), 6) << "more entries promised than there are, the one before the end is found";
}

// A directory whose successor is itself: following it would never end.
TEST(OrientationTest, CircularDirectoriesEnd) {
  FileBytes tiff = exif(6, ByteOrder::kLittle);
  tiff[8 + 2 + 12] = 0x13;  // the tag is another one now
  tiff[tiff.size() - 4] = 8;
  EXPECT_EQ(orientation_of(jpeg_with(tiff)), 1);
}

TEST(OrientationTest, AnyTruncationIsSafe) {
  for (const FileBytes& file : {jpeg_with(exif(6, ByteOrder::kBig)), png_with(exif(6, ByteOrder::kBig))}) {
    for (std::size_t length = 0; length < file.size(); ++length) {
      const int found = orientation_of({file.begin(), file.begin() + length});
      EXPECT_TRUE(found == 1 || found == 6) << length;
    }
  }
}

TEST(OrientationTest, ExifBehindOtherSegmentsIsFound) {
  ByteWriter out;
  out.u16be(0xFFD8);
  out.u16be(0xFFE0).u16be(7).text("JFIF").u8(0);     // JFIF
  out.u16be(0xFFE1).u16be(10).text("http://x");      // XMP is an APP1 too
  out.u8(0xFF).u16be(0xFFFE).u16be(6).text("note");  // a fill byte, a comment
  const FileBytes rest = jpeg_with(exif(8, ByteOrder::kBig));
  out.append({rest.begin() + 2, rest.end()});
  EXPECT_EQ(orientation_of(out.bytes), 8);
}

TEST(OrientationTest, WhatFollowsTheStartOfTheScanIsNoExif) {
  ByteWriter out;
  out.u16be(0xFFD8).u16be(0xFFDA).u16be(2);
  const FileBytes rest = jpeg_with(exif(8, ByteOrder::kBig));
  out.append({rest.begin() + 2, rest.end()});
  EXPECT_EQ(orientation_of(out.bytes), 1);
}

// By the standard's table: where the corner that is to be seen at the upper left is stored.
TEST(OrientationTest, TurnsTheRightCornerToTheUpperLeft) {
  cv::Mat stored(2, 3, CV_8UC3);  // a b c / d e f
  for (int i = 0; i < 6; ++i) stored.at<cv::Vec3b>(i / 3, i % 3) = cv::Vec3b::all(static_cast<uchar>('a' + i));
  const std::pair<int, const char*> expected[] = {{0, "abc/def"},  {1, "abc/def"},  {2, "cba/fed"},  {3, "fed/cba"},
                                                  {4, "def/abc"},  {5, "ad/be/cf"}, {6, "da/eb/fc"}, {7, "fc/eb/da"},
                                                  {8, "cf/be/ad"}, {9, "abc/def"},  {-1, "abc/def"}};
  for (const auto& [orientation, wanted] : expected) {
    const auto turned = upright(as_image(stored), orientation);
    ASSERT_TRUE(turned);
    std::string seen;
    for (int y = 0; y < turned->height; ++y) {
      if (y > 0) seen += '/';
      for (int x = 0; x < turned->width; ++x) seen += static_cast<char>(turned->row(y)[3 * x]);
    }
    EXPECT_EQ(seen, wanted) << orientation;
  }
}

TEST(OrientationTest, UndoesWhatTheCameraStored) {
  const cv::Mat photo = paint(37, 23, 2);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const auto turned = upright(as_image(stored_for(photo, orientation)), orientation);
    ASSERT_TRUE(turned);
    EXPECT_EQ(difference(as_mat(*turned), photo).most, 0) << orientation;
  }
}

}  // namespace
}  // namespace catdog
