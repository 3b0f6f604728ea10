#include "pictures/byte_writer.h"
#include "pictures/raster_writers.h"

namespace catdog {
namespace {

void write_row(ByteWriter& out, const cv::Mat& colours, int y, const BmpKind& kind) {
  const std::size_t start = out.bytes.size();
  unsigned collected = 0, bits = 0;
  for (int x = 0; x < colours.cols; ++x) {
    if (kind.bits <= 8) {
      collected = collected << kind.bits | colours.at<uchar>(y, x);
      bits += static_cast<unsigned>(kind.bits);
      if (bits == 8) out.u8(collected & 255), bits = 0;
      continue;
    }
    const uchar* c = colours.ptr(y) + x * colours.channels();
    if (kind.bits == 16) {
      out.u16le(kind.bit_fields ? (c[0] >> 3) << 11 | (c[1] >> 2) << 5 | c[2] >> 3
                                : (c[0] >> 3) << 10 | (c[1] >> 3) << 5 | c[2] >> 3);
    } else {
      out.u8(c[2]).u8(c[1]).u8(c[0]);
      if (kind.bits == 32) out.u8(kind.bit_fields ? c[3] : 0);
    }
  }
  if (bits > 0) out.u8(collected << (8 - bits) & 255);
  while ((out.bytes.size() - start) % 4 != 0) out.u8(0);
}

}  // namespace

std::vector<std::uint8_t> write_bmp(const cv::Mat& colours, const BmpKind& kind,
                                    const std::vector<cv::Vec3b>& palette) {
  constexpr unsigned kPlain = 0, kBitFields = 3;
  const bool v4 = kind.bits == 32 && kind.bit_fields;
  const unsigned header = kind.old_header ? 12 : v4 ? 108 : 40;
  const unsigned masks = kind.bits == 16 && kind.bit_fields ? 12 : 0;
  const unsigned offset = 14 + header + masks + static_cast<unsigned>(palette.size()) * (kind.old_header ? 3 : 4);
  ByteWriter rows;
  for (int i = 0; i < colours.rows; ++i) write_row(rows, colours, kind.bottom_up ? colours.rows - 1 - i : i, kind);

  ByteWriter out;
  out.text("BM").u32le(offset + static_cast<unsigned>(rows.bytes.size())).u32le(0).u32le(offset).u32le(header);
  if (kind.old_header) {
    out.u16le(static_cast<unsigned>(colours.cols)).u16le(static_cast<unsigned>(colours.rows));
    out.u16le(1).u16le(static_cast<unsigned>(kind.bits));
  } else {
    out.u32le(static_cast<unsigned>(colours.cols));
    out.u32le(static_cast<unsigned>(kind.bottom_up ? colours.rows : -colours.rows));
    out.u16le(1).u16le(static_cast<unsigned>(kind.bits)).u32le(kind.bit_fields ? kBitFields : kPlain);
    out.u32le(static_cast<unsigned>(rows.bytes.size())).u32le(2835).u32le(2835);
    out.u32le(static_cast<unsigned>(palette.size())).u32le(0);
  }
  if (masks) out.u32le(0xF800).u32le(0x07E0).u32le(0x001F);
  if (v4) {
    out.u32le(0x00FF0000).u32le(0x0000FF00).u32le(0x000000FF).u32le(0xFF000000).text("BGRs");
    for (int i = 0; i < 12; ++i) out.u32le(0);  // end points and gamma, which sRGB does without
  }
  for (const cv::Vec3b& entry : palette) {
    out.u8(entry[2]).u8(entry[1]).u8(entry[0]);
    if (!kind.old_header) out.u8(0);
  }
  return out.append(rows.bytes).bytes;
}

}  // namespace catdog
