// What the core refuses, before it allocates anything.
#pragma once

#include <cstddef>
#include <cstdint>

namespace catdog {

inline constexpr std::size_t kMaxFileBytes = std::size_t{512} << 20;   // of one photo
inline constexpr int kMaxSide = 65535;                                 // pixels
inline constexpr std::uint64_t kMaxPixels = std::uint64_t{1} << 28;    // 268 megapixels
inline constexpr std::uint64_t kMaxWholePixels = 100'000'000;          // formats that must be decoded whole
inline constexpr std::size_t kMaxDecoderBytes = std::size_t{1} << 30;  // working memory of one decoder
inline constexpr int kMaxScans = 500;                                  // of a JPEG; more is an attack, not a photo
inline constexpr std::uint64_t kMaxScanPixels = 20 * kMaxPixels;       // its pixels times its scans

// How many scans a JPEG of so many pixels (1 or more) may have: each costs time for all of them.
constexpr int most_scans(std::uint64_t pixels) {
  const std::uint64_t affordable = kMaxScanPixels / pixels;
  return affordable < kMaxScans ? static_cast<int>(affordable) : kMaxScans;
}

}  // namespace catdog
