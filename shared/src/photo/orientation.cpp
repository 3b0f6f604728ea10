#include "catdog/photo/orientation.h"

#include <algorithm>
#include <cstring>

#include "jpeg_segments.h"
#include "png_chunks.h"
#include "webp_chunks.h"

namespace catdog {
namespace {

constexpr int kNone = 0;

// The orientation out of a TIFF structure (EXIF's payload).
int tiff_orientation(Bytes tiff) {
  if (tiff.size < 8) return kNone;
  const std::uint8_t* d = tiff.data;
  const bool little = d[0] == 'I' && d[1] == 'I';
  if (!little && !(d[0] == 'M' && d[1] == 'M')) return kNone;
  const auto u16 = [&](std::size_t at) { return little ? d[at] | d[at + 1] << 8 : d[at] << 8 | d[at + 1]; };
  const auto u32 = [&](std::size_t at) {
    const std::uint32_t low = u16(little ? at : at + 2), high = u16(little ? at + 2 : at);
    return high << 16 | low;
  };
  if (u16(2) != 42) return kNone;
  const std::size_t directory = u32(4);
  if (directory > tiff.size - 2) return kNone;
  const int entries = u16(directory);
  for (int i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + std::size_t{12} * i;
    if (entry + 12 > tiff.size) return kNone;
    if (u16(entry) != 0x0112) continue;
    const int type = u16(entry + 2);  // SHORT by the standard; some writers store a LONG
    const std::uint32_t value = type == 4 ? u32(entry + 8) : static_cast<std::uint32_t>(u16(entry + 8));
    return value >= 1 && value <= 8 ? static_cast<int>(value) : kNone;
  }
  return kNone;
}

int jpeg_orientation(Bytes file) {
  int orientation = kNone;
  each_jpeg_segment(file, [&](std::uint8_t marker, Bytes content) {
    // Programs that add their own may leave it to the next.
    if (marker == 0xE1 && content.size >= 6 && std::memcmp(content.data, "Exif\0", 5) == 0) {
      orientation = tiff_orientation({content.data + 6, content.size - 6});
    }
    return orientation == kNone;
  });
  return std::max(1, orientation);
}

int png_orientation(Bytes file) {
  int orientation = kNone;
  each_png_chunk(file, [&](std::string_view name, Bytes content) {
    if (name != "eXIf") return true;
    orientation = tiff_orientation(content);
    return false;
  });
  return std::max(1, orientation);
}

int webp_orientation(Bytes file) {
  int orientation = 1;
  each_webp_chunk(file, [&](std::string_view name, Bytes content) {
    if (name != "EXIF") return true;
    // The specification wants the TIFF structure alone; some writers put JPEG's signature before it.
    const bool signed_too = content.size >= 6 && std::memcmp(content.data, "Exif\0\0", 6) == 0;
    const std::size_t skipped = signed_too ? 6 : 0;
    orientation = std::max(1, tiff_orientation({content.data + skipped, content.size - skipped}));
    return false;
  });
  return orientation;
}

}  // namespace

int exif_orientation(Bytes file) {
  if (file.size < 12) return 1;
  if (file.data[0] == 0xFF && file.data[1] == 0xD8) return jpeg_orientation(file);
  if (std::memcmp(file.data, "\x89PNG", 4) == 0) return png_orientation(file);
  if (std::memcmp(file.data, "RIFF", 4) == 0 && std::memcmp(file.data + 8, "WEBP", 4) == 0) {
    return webp_orientation(file);
  }
  return 1;
}

Result<Image> upright(Image image, int orientation) {
  if (orientation <= 1 || orientation > 8) return image;
  const bool swap = swaps_sides(orientation);
  Image out = Image::of_size(swap ? image.height : image.width, swap ? image.width : image.height);
  if (!out.pixels) return Error{Problem::kNoMemory, "expected memory to turn the picture upright, found none"};
  // Where the stored picture's column (and row) must be read backwards.
  const bool backwards_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool backwards_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  for (int y = 0; y < out.height; ++y) {
    std::uint8_t* to = out.row(y);
    for (int x = 0; x < out.width; ++x, to += 3) {
      int from_x = swap ? y : x, from_y = swap ? x : y;
      if (backwards_x) from_x = image.width - 1 - from_x;
      if (backwards_y) from_y = image.height - 1 - from_y;
      std::memcpy(to, image.row(from_y) + std::size_t{3} * from_x, 3);
    }
  }
  return out;
}

}  // namespace catdog
