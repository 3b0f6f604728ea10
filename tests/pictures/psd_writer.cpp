#include "pictures/byte_writer.h"
#include "pictures/raster_writers.h"

namespace catdog {
namespace {

// PackBits: runs where three or more bytes are alike, else literal bytes.
std::vector<std::uint8_t> pack_bits(const std::vector<std::uint8_t>& row) {
  ByteWriter out;
  const auto run_at = [&](std::size_t at) {
    std::size_t length = 1;
    while (at + length < row.size() && length < 128 && row[at + length] == row[at]) ++length;
    return length;
  };
  for (std::size_t at = 0; at < row.size();) {
    if (const std::size_t run = run_at(at); run >= 3) {
      out.u8(static_cast<unsigned>(257 - run)).u8(row[at]);
      at += run;
      continue;
    }
    std::size_t end = at;
    while (end < row.size() && end - at < 128 && run_at(end) < 3) ++end;
    out.u8(static_cast<unsigned>(end - at - 1)).append({row.begin() + at, row.begin() + end});
    at = end;
  }
  return out.bytes;
}

}  // namespace

std::vector<std::uint8_t> write_psd(const cv::Mat& colours, const PsdKind& kind) {
  constexpr unsigned kGrey = 1, kRgb = 3, kCmyk = 4;
  ByteWriter out;
  out.text("8BPS").u16be(kind.large ? 2 : 1).u32be(0).u16be(0).u16be(static_cast<unsigned>(colours.channels()));
  out.u32be(static_cast<unsigned>(colours.rows)).u32be(static_cast<unsigned>(colours.cols));
  out.u16be(static_cast<unsigned>(kind.depth)).u16be(colours.channels() == 1 ? kGrey : kind.cmyk ? kCmyk : kRgb);
  ByteWriter resources;
  const auto add = [&](unsigned id, std::string_view name, const std::vector<std::uint8_t>& data) {
    resources.text("8BIM").u16be(id).u8(static_cast<unsigned>(name.size())).text(name);
    if (name.size() % 2 == 0) resources.u8(0);
    resources.u32be(static_cast<std::uint32_t>(data.size())).append(data);
    if (data.size() % 2 != 0) resources.u8(0);
  };
  if (!kind.icc.empty()) {
    add(1005, "", {1, 2, 3});
    add(1000, "odd", {});
    add(1039, "", kind.icc);
  }
  out.u32be(0).u32be(static_cast<std::uint32_t>(resources.bytes.size())).append(resources.bytes);
  out.u32be(0);  // no palette before, no layers behind
  if (kind.large) out.u32be(0);
  out.u16be(kind.packed ? 1 : 0);
  ByteWriter lengths, planes;
  for (int c = 0; c < colours.channels(); ++c) {
    for (int y = 0; y < colours.rows; ++y) {
      std::vector<std::uint8_t> row;
      for (int x = 0; x < colours.cols; ++x) {
        row.push_back(colours.ptr(y)[x * colours.channels() + c]);
        if (kind.depth == 16) row.push_back(static_cast<std::uint8_t>(x * 7 + y));  // the lower byte
      }
      if (kind.packed) row = pack_bits(row);
      if (kind.large) lengths.u16be(0);
      lengths.u16be(static_cast<unsigned>(row.size()));
      planes.append(row);
    }
  }
  if (kind.packed) out.append(lengths.bytes);
  return out.append(planes.bytes).bytes;
}

}  // namespace catdog
