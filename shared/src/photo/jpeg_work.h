// What decoding one JPEG may cost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "catdog/photo/limits.h"
#include "catdog/result.h"

namespace catdog {

// Counted over all attempts in blocks of coefficients, once for each scan that they are part of: the same on every
// machine, which time is not.
class JpegWork {
 public:
  explicit JpegWork(std::size_t file_bytes) : most_(most_jpeg_blocks(file_bytes)), left_(most_) {}

  // False where there is less left: nothing is spent then.
  bool spend(std::uint64_t blocks) {
    if (blocks > left_) return false;
    left_ -= blocks;
    return true;
  }

  Error is_spent(std::uint64_t width, std::uint64_t height) const {
    return {Problem::kTooLarge, "expected a JPEG picture that decodes from at most " + std::to_string(most_) +
                                    " blocks over all scans, found more (" + std::to_string(width) + "×" +
                                    std::to_string(height) + " pixels)"};
  }

 private:
  std::uint64_t most_, left_;
};

inline Error too_many_scans() {
  return {Problem::kTooLarge, "expected a JPEG picture of at most " + std::to_string(kMaxScans) + " scans, found more"};
}

}  // namespace catdog
