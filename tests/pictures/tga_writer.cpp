#include "pictures/byte_writer.h"
#include "pictures/raster_writers.h"

namespace catdog {
namespace {

std::vector<std::uint8_t> stored_pixel(const uchar* c, int channels, int bits) {
  ByteWriter out;
  if (channels == 1) return out.u8(c[0]).bytes;
  if (bits <= 16) return out.u16le((c[0] >> 3) << 10 | (c[1] >> 3) << 5 | c[2] >> 3).bytes;
  out.u8(c[2]).u8(c[1]).u8(c[0]);
  if (bits == 32) out.u8(channels == 4 ? c[3] : 255);
  return out.bytes;
}

// Runs of one colour, and packets of differing pixels; both of at most 128.
void pack(ByteWriter& out, const std::vector<std::vector<std::uint8_t>>& pixels) {
  for (std::size_t at = 0; at < pixels.size();) {
    std::size_t run = 1;
    while (at + run < pixels.size() && run < 128 && pixels[at + run] == pixels[at]) ++run;
    if (run > 1) {
      out.u8(static_cast<unsigned>(127 + run)).append(pixels[at]);
      at += run;
      continue;
    }
    std::size_t count = 1;
    while (at + count + 1 < pixels.size() && count < 128 && pixels[at + count] != pixels[at + count + 1]) ++count;
    out.u8(static_cast<unsigned>(count - 1));
    for (std::size_t i = 0; i < count; ++i) out.append(pixels[at + i]);
    at += count;
  }
}

}  // namespace

std::vector<std::uint8_t> write_tga(const cv::Mat& colours, const TgaKind& kind,
                                    const std::vector<cv::Vec3b>& palette) {
  constexpr unsigned kPalette = 1, kColour = 2, kGrey = 3, kPacked = 8, kTopDown = 0x20, kRightToLeft = 0x10;
  const unsigned type = !palette.empty() ? kPalette : colours.channels() == 1 ? kGrey : kColour;
  ByteWriter out;
  out.u8(static_cast<unsigned>(kind.identification)).u8(palette.empty() ? 0 : 1).u8(type | (kind.packed ? kPacked : 0));
  out.u16le(0).u16le(static_cast<unsigned>(palette.size())).u8(palette.empty() ? 0 : 24);
  out.u16le(0).u16le(0).u16le(static_cast<unsigned>(colours.cols)).u16le(static_cast<unsigned>(colours.rows));
  out.u8(static_cast<unsigned>(kind.bits));
  out.u8((kind.top_down ? kTopDown : 0) | (kind.right_to_left ? kRightToLeft : 0) | (kind.bits == 32 ? 8 : 0));
  for (int i = 0; i < kind.identification; ++i) out.u8('i');
  for (const cv::Vec3b& entry : palette) out.u8(entry[2]).u8(entry[1]).u8(entry[0]);

  std::vector<std::vector<std::uint8_t>> pixels;
  for (int i = 0; i < colours.rows; ++i) {
    const int y = kind.top_down ? i : colours.rows - 1 - i;
    for (int x = 0; x < colours.cols; ++x) {
      pixels.push_back(stored_pixel(colours.ptr(y) + x * colours.channels(), colours.channels(), kind.bits));
    }
  }
  if (kind.packed) {
    pack(out, pixels);
  } else {
    for (const auto& pixel : pixels) out.append(pixel);
  }
  return out.bytes;
}

}  // namespace catdog
