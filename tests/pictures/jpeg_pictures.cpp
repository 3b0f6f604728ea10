// JPEG: every coding, colour space, sampling and orientation that libjpeg-turbo can write.
#include <algorithm>
#include <iterator>

#include "pictures/exif_writer.h"
#include "pictures/jpeg_writer.h"
#include "pictures/painter.h"
#include "pictures/test_pictures.h"

namespace catdog {
namespace {

// What quality 92 loses of the texture, and what halved chroma loses at the edges of the discs.
constexpr double kMeanError = 4, kSubsampledMeanError = 8, kFewPixelsMeanError = 20;

using Sampling = std::vector<std::pair<int, int>>;
const Sampling k420 = {{2, 2}, {1, 1}, {1, 1}}, k422 = {{2, 1}, {1, 1}, {1, 1}};

TestPicture jpeg(const std::string& name, int width, int height, const JpegKind& kind) {
  cv::Mat truth = paint(width, height, static_cast<unsigned>(width * 31 + height));
  const FileBytes bytes = write_jpeg(truth, kind);
  if (kind.colours == JpegColours::kGrey) {
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        cv::Vec3b& c = truth.at<cv::Vec3b>(y, x);
        c = cv::Vec3b::all(cv::saturate_cast<uchar>(0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2]));
      }
    }
  }
  return {"jpeg/" + name + ".jpg", bytes, truth, kind.sampling.empty() ? kMeanError : kSubsampledMeanError};
}

JpegKind sampled(const Sampling& sampling) {
  JpegKind kind;
  kind.sampling = sampling;
  return kind;
}

// With each coding: the codings must not change the pixels.
void add_codings(std::vector<TestPicture>& out, const std::string& name, int width, int height, const JpegKind& kind) {
  JpegKind coded = kind;
  out.push_back(jpeg(name, width, height, coded));
  coded.restart_interval = 3;
  out.push_back(jpeg(name + "-restarts", width, height, coded));
  coded = kind;
  coded.progressive = true;
  out.push_back(jpeg(name + "-progressive", width, height, coded));
  coded.arithmetic = true;
  out.push_back(jpeg(name + "-progressive-arithmetic", width, height, coded));
  coded.progressive = false;
  out.push_back(jpeg(name + "-arithmetic", width, height, coded));
  coded = kind;
  coded.separate_scans = true;
  out.push_back(jpeg(name + "-separate-scans", width, height, coded));
}

void add_colours(std::vector<TestPicture>& out) {
  const std::pair<JpegColours, const char*> all[] = {{JpegColours::kGrey, "grey"},
                                                     {JpegColours::kRgb, "rgb"},
                                                     {JpegColours::kCmyk, "cmyk"},
                                                     {JpegColours::kYcck, "ycck"}};
  for (const auto& [colours, name] : all) {
    JpegKind kind;
    kind.colours = colours;
    out.push_back(jpeg(name, 101, 67, kind));
    kind.progressive = true;
    out.push_back(jpeg(name + std::string("-progressive"), 67, 101, kind));
  }
  JpegKind subsampled_grey;
  subsampled_grey.colours = JpegColours::kGrey;
  subsampled_grey.sampling = {{2, 2}};  // means nothing with one component, and occurs
  out.push_back(jpeg("grey-sampling-2x2", 101, 67, subsampled_grey));
  JpegKind ycck;
  ycck.colours = JpegColours::kYcck;
  ycck.sampling = {{2, 2}, {1, 1}, {1, 1}, {2, 2}};
  out.push_back(jpeg("ycck-420", 101, 67, ycck));
  JpegKind unmarked;
  unmarked.colours = JpegColours::kCmyk;
  unmarked.adobe_marker = false;
  out.push_back(jpeg("cmyk-without-adobe-marker", 101, 67, unmarked));
}

void add_sizes(std::vector<TestPicture>& out) {
  const std::pair<int, int> sizes[] = {{1, 1},   {2, 1},    {1, 2},    {7, 7},     {8, 8},
                                       {9, 9},   {15, 17},  {16, 16},  {33, 31},   {1, 200},
                                       {200, 1}, {700, 20}, {20, 700}, {127, 128}, {129, 128}};
  for (const auto& [width, height] : sizes) {
    out.push_back(jpeg("size-" + std::to_string(width) + "x" + std::to_string(height), width, height, sampled(k420)));
    if (width * height <= 256) out.back().mean_error = kFewPixelsMeanError;
  }
  // For a square of 128 pixels: decoded at 1/8, 2/8, …, 7/8 and in full.
  const int shorter_sides[] = {1024, 512, 343, 256, 205, 171, 147, 146};
  for (int n = 1; n <= 8; ++n) {
    const int side = shorter_sides[n - 1];
    out.push_back(jpeg("scale-" + std::to_string(n), side + side / 3, side, sampled(n % 2 ? k420 : k422)));
  }
}

void add_orientations(std::vector<TestPicture>& out) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const auto& [order, type, end] :
         {std::tuple(ByteOrder::kLittle, kTiffShort, "-little"), std::tuple(ByteOrder::kBig, kTiffShort, "-big"),
          std::tuple(ByteOrder::kBig, kTiffLong, "-long")}) {
      if (type == kTiffLong && orientation != 6) continue;
      const cv::Mat truth = paint(160, 96, 5);
      JpegKind kind;
      kind.exif = exif(static_cast<std::uint32_t>(orientation), order, type);
      out.push_back({"jpeg/orientation-" + std::to_string(orientation) + end + ".jpg",
                     write_jpeg(stored_for(truth, orientation), kind), truth, kMeanError});
    }
  }
}

}  // namespace

std::vector<TestPicture> jpeg_pictures() {
  std::vector<TestPicture> out;
  add_codings(out, "444", 101, 67, {});
  add_codings(out, "420", 101, 67, sampled(k420));
  out.push_back(jpeg("422", 101, 67, sampled(k422)));
  out.push_back(jpeg("440", 101, 67, sampled({{1, 2}, {1, 1}, {1, 1}})));
  out.push_back(jpeg("411", 101, 67, sampled({{4, 1}, {1, 1}, {1, 1}})));
  out.push_back(jpeg("410", 101, 67, sampled({{4, 2}, {1, 1}, {1, 1}})));
  out.push_back(jpeg("311", 101, 67, sampled({{3, 1}, {1, 1}, {1, 1}})));
  out.push_back(jpeg("uneven-chroma", 101, 67, sampled({{2, 2}, {1, 2}, {2, 1}})));
  out.push_back(jpeg("all-1x2", 101, 67, sampled({{1, 2}, {1, 2}, {1, 2}})));
  add_colours(out);
  add_sizes(out);
  add_orientations(out);
  JpegKind rough;
  rough.quality = 5;
  out.push_back(jpeg("quality-5", 101, 67, rough));
  out.back().mean_error = 20;
  // As in films of JPEGs: the standard tables are meant where there are none.
  FileBytes bare = write_jpeg(paint(101, 67, 9), {});
  const auto starts_with = [&](std::uint8_t marker) {
    const std::uint8_t bytes[] = {0xFF, marker};
    return std::search(bare.begin(), bare.end(), std::begin(bytes), std::end(bytes));
  };
  bare.erase(starts_with(0xC4), starts_with(0xDA));
  out.push_back({"jpeg/without-huffman-tables.jpg", bare, paint(101, 67, 9), kMeanError});
  FileBytes trailing = write_jpeg(paint(101, 67, 9), {});
  trailing.insert(trailing.end(), 1000, 'x');
  out.push_back({"jpeg/trailing-data.jpg", trailing, paint(101, 67, 9), kMeanError});
  return out;
}

}  // namespace catdog
