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
inline constexpr int kMaxScans = 500;  // of a JPEG; more is a denial of service, not a photo

}  // namespace catdog
