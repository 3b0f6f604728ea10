// AVIF and HEIC files, by libheif.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <vector>

namespace catdog {

enum class HeifKind { kAvif, kHeic };

// `rgba`: 8 bits, 4 channels. `orientation`: as EXIF counts, stored as the format's own properties (irot, imir).
// `icc`: a colour profile.
// Empty where libheif came without an encoder for that kind.
std::vector<std::uint8_t> write_heif(const cv::Mat& rgba, HeifKind kind, int orientation = 1,
                                     const std::vector<std::uint8_t>& icc = {});

}  // namespace catdog
