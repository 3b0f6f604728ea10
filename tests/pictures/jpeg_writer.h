// JPEG files of all kinds, by libjpeg.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <utility>
#include <vector>

namespace catdog {

enum class JpegColours { kYcc, kRgb, kGrey, kCmyk, kYcck };

struct JpegKind {
  JpegColours colours = JpegColours::kYcc;
  std::vector<std::pair<int, int>> sampling;  // of each component, horizontal × vertical; empty: none is subsampled
  bool progressive = false;
  bool arithmetic = false;
  unsigned restart_interval = 0;  // in MCUs
  int quality = 92;
  std::vector<std::uint8_t> exif;      // a TIFF structure
  std::vector<std::uint8_t> icc = {};  // a colour profile
  bool separate_scans = false;         // one scan for each component
  bool adobe_marker = true;            // with kRgb, kCmyk and kYcck
  bool optimised = false;              // Huffman codes made for this picture
  bool wide_steps = false;             // quantisation steps beyond 255 at low qualities
  int tables = 2;  // of quantisation steps and of codes: the last component takes the last one (1 to 3)
};

// `rgb`: 8-bit RGB. CMYK and YCCK are stored inverted, as Adobe does.
std::vector<std::uint8_t> write_jpeg(const cv::Mat& rgb, const JpegKind& kind);

}  // namespace catdog
