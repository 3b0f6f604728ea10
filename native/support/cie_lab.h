// CIE L*a*b* (1976) to sRGB.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace catdog {

// Seen in the light D50, as TIFF and ICC profiles mean it; the matrix is Bradford's, from D50 to sRGB's D65.
class LabToRgb {
 public:
  LabToRgb() {
    for (std::size_t i = 0; i < levels_.size(); ++i) {
      const double light = static_cast<double>(i) / kLast;
      const double level = light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
      levels_[i] = static_cast<std::uint8_t>(std::lround(255 * level));
    }
  }

  // `pixel`: L* from 0 to 255 for 0 to 100, a* and b* more by 128; becomes R, G, B.
  void convert(std::uint8_t* pixel) const {
    const double y = (pixel[0] * 100.0 / 255 + 16) / 116;
    const double X = 0.9642 * light_of(y + (pixel[1] - 128) / 500.0);
    const double Y = light_of(y);
    const double Z = 0.8249 * light_of(y - (pixel[2] - 128) / 200.0);
    pixel[0] = level(3.1338561 * X - 1.6168667 * Y - 0.4906146 * Z);
    pixel[1] = level(-0.9787684 * X + 1.9161415 * Y + 0.0334540 * Z);
    pixel[2] = level(0.0719453 * X - 0.2289914 * Y + 1.4052427 * Z);
  }

 private:
  static double light_of(double t) { return t > 6.0 / 29 ? t * t * t : 108.0 / 841 * (t - 4.0 / 29); }
  std::uint8_t level(double light) const {
    return levels_[static_cast<std::size_t>(std::clamp(light, 0.0, 1.0) * kLast + 0.5)];
  }

  static constexpr int kLast = 16383;
  std::array<std::uint8_t, kLast + 1> levels_;
};

}  // namespace catdog
