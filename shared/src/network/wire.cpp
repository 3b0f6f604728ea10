#include "wire.h"

#include <cstring>

namespace catdog::network {

float Field::real() const {
  const auto bits = static_cast<std::uint32_t>(number);
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

bool WireReader::next_varint(std::uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (at_ == end_) return damaged();
    const std::uint64_t byte = *at_++;
    value |= (byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
  return damaged();
}

bool WireReader::next_fixed32(std::uint32_t& value) {
  if (left() < 4) return damaged();
  value = static_cast<std::uint32_t>(at_[0]) | static_cast<std::uint32_t>(at_[1]) << 8 |
          static_cast<std::uint32_t>(at_[2]) << 16 | static_cast<std::uint32_t>(at_[3]) << 24;
  at_ += 4;
  return true;
}

bool WireReader::next_fixed64(std::uint64_t& value) {
  std::uint32_t low, high;
  if (left() < 8 || !next_fixed32(low) || !next_fixed32(high)) return damaged();
  value = low | std::uint64_t{high} << 32;
  return true;
}

bool WireReader::next(Field& field) {
  if (!sound_ || at_end()) return false;
  std::uint64_t key;
  if (!next_varint(key) || key >> 35 != 0 || key >> 3 == 0) return damaged();
  field = {};
  field.id = static_cast<std::uint32_t>(key >> 3);
  switch (key & 7) {
    case 0: field.type = Field::Type::kVarint; return next_varint(field.number);
    case 1: field.type = Field::Type::kFixed64; return next_fixed64(field.number);
    case 5: {
      field.type = Field::Type::kFixed32;
      std::uint32_t bits = 0;
      const bool found = next_fixed32(bits);
      field.number = bits;
      return found;
    }
    case 2: {
      field.type = Field::Type::kBytes;
      std::uint64_t length;
      if (!next_varint(length) || length > left()) return damaged();
      field.bytes = {at_, static_cast<std::size_t>(length)};
      at_ += field.bytes.size;
      return true;
    }
    default: return damaged();  // groups, which ONNX does not use
  }
}

}  // namespace catdog::network
