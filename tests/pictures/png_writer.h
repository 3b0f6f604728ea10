// PNG files of all kinds, by libpng.
#pragma once

#include <png.h>

#include <cstdint>
#include <vector>

namespace catdog {

struct PngKind {
  int colour_type = PNG_COLOR_TYPE_RGB;
  int depth = 8;
  bool interlaced = false;
  std::vector<png_color> palette;
  std::vector<png_byte> palette_alpha;
  std::vector<std::uint16_t> transparent;  // one grey sample or three of a colour: the colour key (tRNS)
  std::vector<std::uint8_t> exif;          // a TIFF structure
  std::vector<std::uint8_t> icc = {};      // a colour profile
};

// `samples`: row by row, of `depth` bits each.
std::vector<std::uint8_t> write_png(int width, int height, const std::vector<std::uint16_t>& samples,
                                    const PngKind& kind);

}  // namespace catdog
