// The boxes that HEIF, AVIF and JPEG 2000 files are made of (ISO/IEC 14496-12, 4.2; 15444-1, I.4).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "catdog/bytes.h"

namespace catdog {

// Four characters as a number, as boxes and items are named.
constexpr std::uint32_t four_cc(const char (&name)[5]) {
  std::uint32_t code = 0;
  for (int i = 0; i < 4; ++i) code = code << 8 | static_cast<std::uint8_t>(name[i]);
  return code;
}

// Big-endian numbers; behind the end all are 0 and `ended` is set.
struct BoxReader {
  Bytes bytes;
  std::size_t at = 0;
  bool ended = false;

  std::size_t left() const { return bytes.size - at; }
  std::uint64_t number(std::size_t size) {
    if (left() < size) {
      ended = true;
      at = bytes.size;
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes.data[at++];
    return value;
  }
  std::uint32_t u8() { return static_cast<std::uint32_t>(number(1)); }
  std::uint32_t u16() { return static_cast<std::uint32_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  void skip(std::uint64_t count) { at += static_cast<std::size_t>(std::min<std::uint64_t>(count, left())); }
};

struct Box {
  std::uint32_t type = 0;
  Bytes content;
};

// The next box; nothing at the end, or where its size makes no sense.
inline std::optional<Box> next_box(BoxReader& in) {
  if (in.left() < 8) return std::nullopt;
  std::uint64_t size = in.u32(), head = 8;
  Box box;
  box.type = in.u32();
  if (size == 1) {
    size = in.number(8);
    head = 16;
  }
  const std::uint64_t content = size == 0 ? in.left() : size - head;  // 0: to the end
  if (in.ended || (size != 0 && size < head) || content > in.left()) return std::nullopt;
  box.content = {in.bytes.data + in.at, static_cast<std::size_t>(content)};
  in.skip(content);
  return box;
}

}  // namespace catdog
