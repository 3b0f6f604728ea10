#include "pictures/byte_writer.h"
#include "pictures/raster_writers.h"

namespace catdog {
namespace {

void write_palette(ByteWriter& out, const std::vector<cv::Vec3b>& palette) {
  for (int i = 0; i < 256; ++i) {
    const cv::Vec3b entry = i < static_cast<int>(palette.size()) ? palette[i] : cv::Vec3b();
    out.u8(entry[0]).u8(entry[1]).u8(entry[2]);
  }
}

// LZW whose table never grows beyond 9 bits a code: it is cleared in time.
std::vector<std::uint8_t> pack(const std::vector<std::uint8_t>& indices) {
  constexpr unsigned kClear = 256, kEnd = 257, kBits = 9, kUntilFull = 250;
  ByteWriter out;
  std::uint32_t collected = 0;
  unsigned bits = 0;
  const auto code = [&](unsigned value) {
    collected |= value << bits;
    bits += kBits;
    for (; bits >= 8; bits -= 8, collected >>= 8) out.u8(collected & 255);
  };
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (i % kUntilFull == 0) code(kClear);
    code(indices[i]);
  }
  code(kEnd);
  if (bits > 0) out.u8(collected & 255);
  return out.bytes;
}

void write_frame(ByteWriter& out, const cv::Mat& indices, const GifKind& kind, const std::vector<cv::Vec3b>& palette) {
  constexpr unsigned kInterlaced = 0x40, kLocalPalette = 0x87;
  out.u8(0x21).u8(0xF9).u8(4).u8(kind.transparent >= 0 ? 1 : 0).u16le(10);
  out.u8(static_cast<unsigned>(std::max(kind.transparent, 0))).u8(0);
  out.text(",").u16le(static_cast<unsigned>(kind.left)).u16le(static_cast<unsigned>(kind.top));
  out.u16le(static_cast<unsigned>(indices.cols)).u16le(static_cast<unsigned>(indices.rows));
  out.u8((kind.interlaced ? kInterlaced : 0) | (kind.local_palette ? kLocalPalette : 0));
  if (kind.local_palette) write_palette(out, palette);

  std::vector<std::uint8_t> ordered;
  const std::pair<int, int> passes[] = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};
  for (int pass = 0; pass < (kind.interlaced ? 4 : 1); ++pass) {
    const auto [first, step] = kind.interlaced ? passes[pass] : std::pair(0, 1);
    for (int y = first; y < indices.rows; y += step) {
      ordered.insert(ordered.end(), indices.ptr(y), indices.ptr(y) + indices.cols);
    }
  }
  out.u8(8);  // bits of an index
  const std::vector<std::uint8_t> packed = pack(ordered);
  for (std::size_t at = 0; at < packed.size(); at += 255) {
    const std::size_t length = std::min<std::size_t>(packed.size() - at, 255);
    out.u8(static_cast<unsigned>(length)).append({packed.begin() + at, packed.begin() + at + length});
  }
  out.u8(0);
}

}  // namespace

std::vector<std::uint8_t> write_gif(const cv::Mat& indices, const GifKind& kind,
                                    const std::vector<cv::Vec3b>& palette) {
  constexpr unsigned kGlobalPalette = 0xF7;
  ByteWriter out;
  out.text("GIF89a").u16le(static_cast<unsigned>(kind.canvas_width ? kind.canvas_width : indices.cols));
  out.u16le(static_cast<unsigned>(kind.canvas_height ? kind.canvas_height : indices.rows));
  out.u8(kind.local_palette ? 0 : kGlobalPalette).u8(0).u8(0);
  if (!kind.local_palette) write_palette(out, palette);
  write_frame(out, indices, kind, palette);
  if (kind.second_frame) write_frame(out, cv::Mat(indices.size(), CV_8U, cv::Scalar(0)), kind, palette);
  return out.text(";").bytes;
}

}  // namespace catdog
