// Pictures of every format and kind that the core reads, and deliberately broken ones, made in memory.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

namespace catdog {

using FileBytes = std::vector<std::uint8_t>;

struct TestPicture {
  std::string name;  // relative path with the usual extension: "png/rgba-8.png"
  FileBytes bytes;
  // What was painted: 8-bit RGB, upright, transparent parts over white. Empty where nothing sound was.
  cv::Mat truth;
  // How far a decoder's pixels may be from the truth on average, in levels of 255; 0: lossless, every pixel is the
  // same.
  double mean_error = 0;
};

// At least 100, all of them valid, in the order of their names. Always the same bytes.
std::vector<TestPicture> sound_pictures();

// Named "broken/…": truncated, contradictory, gigantic, unsupported, or no pictures at all.
std::vector<TestPicture> broken_pictures();

// Named "profile/…": valid, in other colours than sRGB by a profile (or, named "profile/srgb-…", by one of sRGB
// itself); some are WebP, which the platform decodes. `truth`: the colours as they are stored.
std::vector<TestPicture> profile_pictures();

// Parts of sound_pictures().
std::vector<TestPicture> jpeg_pictures();
std::vector<TestPicture> png_pictures();
std::vector<TestPicture> pnm_pictures();
std::vector<TestPicture> raster_pictures();  // BMP, GIF, PSD, TGA

}  // namespace catdog
