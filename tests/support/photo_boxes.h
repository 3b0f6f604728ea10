// The parts that WebP and JPEG 2000 files are made of, put together for tests.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "pictures/byte_writer.h"

namespace catdog {

using FileBytes = std::vector<std::uint8_t>;

// One frame of a WebP file as a chunk of an extended one: what stands behind "RIFF", the size and "WEBP".
inline FileBytes webp_chunks(const FileBytes& simple) { return {simple.begin() + 12, simple.end()}; }

// An extended WebP file: flags as the container's specification numbers them (2: animation, 8: EXIF, 16: alpha).
inline FileBytes extended_webp(unsigned flags, unsigned width, unsigned height, const FileBytes& chunks) {
  ByteWriter body;
  const auto u24 = [&](unsigned value) { body.u16le(value & 0xFFFF).u8(value >> 16); };
  body.text("WEBPVP8X").u32le(10).u32le(flags);
  u24(width - 1);
  u24(height - 1);
  body.append(chunks);
  return ByteWriter().text("RIFF").u32le(static_cast<std::uint32_t>(body.bytes.size())).append(body.bytes).bytes;
}

inline FileBytes chunk(const char* name, const FileBytes& data) {
  ByteWriter writer;
  writer.text(name).u32le(static_cast<std::uint32_t>(data.size())).append(data);
  if (data.size() % 2) writer.u8(0);
  return writer.bytes;
}

// The enumerated colour space of a JPEG 2000 file (box colr of 15 bytes in jp2h) replaced by a profile.
inline FileBytes with_profile(const FileBytes& jp2, const FileBytes& profile) {
  const auto place_of = [&](const std::string& type) {
    return std::search(jp2.begin(), jp2.end(), type.begin(), type.end()) - 4;
  };
  const auto header = place_of("jp2h"), colours = place_of("colr");
  const auto more = static_cast<std::uint32_t>(profile.size() + 11 - 15);
  const auto old_size = static_cast<std::uint32_t>(header[2] << 8 | header[3]);
  ByteWriter out;
  out.append({jp2.begin(), header}).u32be(old_size + more).append({header + 4, colours});
  out.u32be(15 + more).text("colr").u8(2).u16be(0).append(profile);
  return out.append({colours + 15, jp2.end()}).bytes;
}

}  // namespace catdog
