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

inline constexpr std::size_t kMaxProfileBytes = std::size_t{1} << 20;  // of a colour profile; larger ones are ignored

inline constexpr std::uint64_t kMaxHeifPieces = 4096;                 // tiles and the like of one HEIF picture
inline constexpr std::uint64_t kMaxHeifPixels = 4 * kMaxWholePixels;  // in all of them together

// How many blocks of 8×8 coefficients decoding a JPEG may take, each counted once for each scan: some 85 ns natively.
// Any 50-megapixel photo of the usual 10 scans takes fewer than the least, and a larger one has more bytes.
constexpr std::uint64_t most_jpeg_blocks(std::size_t file_bytes) {
  constexpr std::uint64_t kLeast = 12'000'000, kMost = 40'000'000, kForEachByte = 2;
  const std::uint64_t blocks = kLeast + kForEachByte * file_bytes;
  return blocks < kMost ? blocks : kMost;
}

}  // namespace catdog
