// What the directories of a TIFF file say about its pictures, read without libtiff, which refuses those of camera raw
// files.
#pragma once

#include <cstdint>
#include <vector>

#include "catdog/bytes.h"

namespace catdog {

struct TiffDirectory {
  std::uint64_t offset = 0;  // of itself in the file
  std::uint64_t width = 0, height = 0;
  std::uint64_t compression = 1, photometric = 0, orientation = 1;
  bool reduced = false;  // a smaller copy of another picture (NewSubfileType)
  bool has_dng_version = false;
  Bytes jpeg;  // a whole JPEG file in it; empty: none
};

// All directories, those within others (SubIFDs) behind them; none of a BigTIFF file. At most kMostDirectories.
std::vector<TiffDirectory> read_tiff_directories(Bytes file);

inline constexpr std::size_t kMostDirectories = 64;

// Whether the file is a camera's raw data (DNG, NEF, CR2, ARW, …), of which the pictures are only previews.
bool is_camera_raw(Bytes file, const std::vector<TiffDirectory>& directories);

// Whether the directory holds what the sensor saw, which is no picture yet.
bool is_sensor_data(const TiffDirectory& directory);

}  // namespace catdog
