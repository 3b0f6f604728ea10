// EXIF that says how a picture must be turned.
#pragma once

#include <cstdint>
#include <vector>

namespace catdog {

enum class ByteOrder { kLittle, kBig };  // "II" and "MM"

inline constexpr int kTiffShort = 3, kTiffLong = 4;

// A TIFF structure with three tags, the orientation (0x0112) among them.
std::vector<std::uint8_t> exif(std::uint32_t orientation, ByteOrder order, int type = kTiffShort);

}  // namespace catdog
