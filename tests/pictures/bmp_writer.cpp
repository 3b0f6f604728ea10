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

// Runs of one index where they are longer than two, else indices as they are; at most 255 of each.
void write_runs(ByteWriter& out, const std::vector<uchar>& row, bool nibbles) {
  const auto pairs = [&](std::size_t at, std::size_t count) {
    for (std::size_t i = 0; i < count; i += nibbles ? 2 : 1) {
      const unsigned next = i + 1 < count ? row[at + i + 1] : 0u;
      out.u8(nibbles ? row[at + i] << 4 | next : row[at + i]);
    }
  };
  const auto run_at = [&](std::size_t at) {
    std::size_t length = 1;
    while (at + length < row.size() && length < 255 && row[at + length] == row[at]) ++length;
    return length;
  };
  for (std::size_t at = 0; at < row.size();) {
    std::size_t count = 0;
    while (at + count < row.size() && count < 255 && run_at(at + count) < 3) ++count;
    if (count >= 3) {  // fewer would read as an escape
      const std::size_t start = out.bytes.size();
      out.u8(0).u8(static_cast<unsigned>(count));
      pairs(at, count);
      if ((out.bytes.size() - start) % 2 != 0) out.u8(0);
    } else {
      count = count > 0 ? 1 : run_at(at);
      out.u8(static_cast<unsigned>(count)).u8(nibbles ? row[at] << 4 | row[at] : row[at]);
    }
    at += count;
  }
}

}  // namespace

std::vector<std::uint8_t> write_run_length_bmp(const cv::Mat& indices, int bits, const std::vector<cv::Vec3b>& palette,
                                               int from, int to) {
  ByteWriter rows;
  for (int y = indices.rows - 1; y >= 0; --y) {
    const uchar* row = indices.ptr(y);
    write_runs(rows, {row, row + (to > from ? from : indices.cols)}, bits == 4);
    if (to > from) {
      rows.u8(0).u8(2).u8(static_cast<unsigned>(to - from)).u8(0);  // move
      write_runs(rows, {row + to, row + indices.cols}, bits == 4);
    }
    rows.u8(0).u8(y > 0 ? 0 : 1);  // the end of the row, or of the picture
  }
  const unsigned offset = 14 + 40 + 4 * static_cast<unsigned>(palette.size());
  ByteWriter out;
  out.text("BM").u32le(offset + static_cast<unsigned>(rows.bytes.size())).u32le(0).u32le(offset).u32le(40);
  out.u32le(static_cast<unsigned>(indices.cols)).u32le(static_cast<unsigned>(indices.rows));
  out.u16le(1).u16le(static_cast<unsigned>(bits)).u32le(bits == 8 ? 1 : 2);
  out.u32le(static_cast<unsigned>(rows.bytes.size())).u32le(2835).u32le(2835);
  out.u32le(static_cast<unsigned>(palette.size())).u32le(0);
  for (const cv::Vec3b& entry : palette) out.u8(entry[2]).u8(entry[1]).u8(entry[0]).u8(0);
  return out.append(rows.bytes).bytes;
}

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
  out.text("BM").u32le(offset + static_cast<unsigned>(rows.bytes.size())).u32le(kind.reserved).u32le(offset);
  out.u32le(header);
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
