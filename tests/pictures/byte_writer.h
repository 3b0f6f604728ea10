// Puts numbers into bytes, in either byte order.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace catdog {

class ByteWriter {
 public:
  ByteWriter& u8(unsigned value) {
    bytes.push_back(static_cast<std::uint8_t>(value));
    return *this;
  }
  ByteWriter& u16le(unsigned value) { return u8(value & 255).u8(value >> 8 & 255); }
  ByteWriter& u32le(std::uint32_t value) { return u16le(value & 65535).u16le(value >> 16); }
  ByteWriter& u16be(unsigned value) { return u8(value >> 8 & 255).u8(value & 255); }
  ByteWriter& u32be(std::uint32_t value) { return u16be(value >> 16).u16be(value & 65535); }
  ByteWriter& text(std::string_view text) {
    bytes.insert(bytes.end(), text.begin(), text.end());
    return *this;
  }
  ByteWriter& append(const std::vector<std::uint8_t>& more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
    return *this;
  }

  std::vector<std::uint8_t> bytes;
};

}  // namespace catdog
