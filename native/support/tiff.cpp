// TIFF: the first picture of the file; of a camera's raw data the largest one that can be read.
#include <algorithm>
#include <string>
#include <vector>

#include "catdog/photo/decode.h"
#include "catdog/photo/limits.h"
#include "catdog/photo/orientation.h"
#include "support/platform_decoders.h"
#include "support/tiff_directories.h"
#include "support/tiff_page.h"

namespace catdog {
namespace {

// Width × height as the frame header of a JPEG has it; 0 where there is none.
std::uint64_t jpeg_pixels(Bytes jpeg) {
  for (std::size_t at = 2; at + 9 <= jpeg.size;) {
    const std::uint8_t* d = jpeg.data + at;
    if (d[0] != 0xFF) return 0;
    const bool is_table = d[1] == 0xC4 || d[1] == 0xC8 || d[1] == 0xCC;
    if (d[1] >= 0xC0 && d[1] <= 0xCF && !is_table) return std::uint64_t{(d[5] << 8 | d[6]) * 1u} * (d[7] << 8 | d[8]);
    at += 2 + (d[2] << 8 | d[3]);
  }
  return 0;
}

Result<Preprocessed> read_directory(TiffFile& tiff, const TiffDirectory& directory, std::uint64_t orientation,
                                    int size) {
  const auto turned = static_cast<int>(std::min<std::uint64_t>(orientation, 9));
  if (directory.jpeg.size > 0) {
    auto picture = decode(directory.jpeg, size);
    if (!picture) return picture.error();
    picture->format = Format::kTiff;
    // A preview that says how it is to be turned has been turned.
    return preprocess_stored(std::move(*picture), exif_orientation(directory.jpeg) == 1 ? turned : 1, size);
  }
  if (!tiff.get() || !TIFFSetSubDirectory(tiff.get(), directory.offset))
    return unsound(Format::kTiff, tiff.complaint());
  auto picture = read_tiff_page(tiff);
  if (!picture) return picture.error();
  return preprocess_stored(std::move(*picture), turned, size);
}

Result<Preprocessed> read_largest(Bytes file, std::vector<TiffDirectory> directories, int size) {
  const std::uint64_t orientation = directories.front().orientation;
  const auto pixels = [](const TiffDirectory& directory) {
    return directory.jpeg.size > 0 ? jpeg_pixels(directory.jpeg) : directory.width * directory.height;
  };
  std::stable_sort(directories.begin(), directories.end(),
                   [&](const auto& one, const auto& other) { return pixels(one) > pixels(other); });
  TiffFile tiff(file);
  for (const TiffDirectory& directory : directories) {
    if (is_sensor_data(directory)) continue;
    if (auto picture = read_directory(tiff, directory, orientation, size)) return picture;
  }
  return unsound(Format::kTiff, is_camera_raw(file, directories)
                                    ? "camera raw data without a picture in it that can be read"
                                    : "no picture in it that can be read");
}

}  // namespace

Result<Preprocessed> preprocess_tiff(Bytes file, int size) {
  const auto directories = read_tiff_directories(file);
  // A file may also begin with a small copy of its picture.
  const bool first_is_small = !directories.empty() && directories.front().reduced;
  if (!directories.empty() && (first_is_small || is_camera_raw(file, directories))) {
    return read_largest(file, directories, size);
  }
  TiffFile tiff(file);
  if (!tiff.get()) return unsound(Format::kTiff, tiff.complaint().empty() ? "damage" : tiff.complaint());
  std::uint16_t orientation = ORIENTATION_TOPLEFT;
  TIFFGetFieldDefaulted(tiff.get(), TIFFTAG_ORIENTATION, &orientation);
  auto picture = read_tiff_page(tiff);
  if (!picture) return picture.error();
  return preprocess_stored(std::move(*picture), orientation, size);
}

}  // namespace catdog
