// What libjpeg-turbo alone makes of a JPEG at a fraction of its size, and what the core's own decoder makes of it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "catdog/bytes.h"

namespace catdog {

struct ScaledJpeg {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;
  bool operator==(const ScaledJpeg& other) const {
    return width == other.width && height == other.height && rgb == other.rgb;
  }
};

// At numerator/8. Nothing where libjpeg-turbo gives an error or a warning.
std::optional<ScaledJpeg> libjpeg_at(Bytes file, int numerator);

// Nothing where it is left to libjpeg-turbo.
std::optional<ScaledJpeg> own_decoder_at(Bytes file, int numerator);

}  // namespace catdog
