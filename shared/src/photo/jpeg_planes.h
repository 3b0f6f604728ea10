// The entropy-coded data of a baseline JPEG to planes of pixels at a fraction of its size.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "catdog/bytes.h"
#include "catdog/photo/image.h"
#include "jpeg_huffman.h"

namespace catdog {

// A component of the picture (Y, Cb, Cr or grey).
struct JpegComponent {
  int horizontal = 1, vertical = 1;              // blocks in an MCU, across and down: 1 or 2
  int scale = 1;                                 // pixels of a block's side: 1, 2 or 4
  int width = 0, height = 0;                     // in pixels at that scale: what of the plane belongs to the picture
  std::array<std::uint16_t, 64> quantization{};  // row by row
  int mean_table = 0, table = 0;                 // of JpegData's
};

struct JpegData {
  std::vector<JpegComponent> components;  // 1 or 3, in the order of the scan
  int mcus_across = 0, mcus_down = 0;
  int restart_interval = 0;                          // in MCUs; 0: none
  std::array<HuffmanCode, 4> mean_codes{}, codes{};  // those that no component uses are not looked at
  Bytes entropy_coded;                               // from the scan's first byte to the file's end
};

struct JpegPlane {
  int stride = 0;
  PixelBuffer pixels;  // all of the MCUs
  const std::uint8_t* row(int y) const { return pixels.get() + static_cast<std::size_t>(y) * stride; }
};

// One for each component. Empty where there is no memory for them, or where anything is not as it must be in a sound
// file, or so unusual that libjpeg-turbo's builds might not agree; other bytes cannot do harm.
std::vector<JpegPlane> decode_planes(const JpegData& data);

}  // namespace catdog
