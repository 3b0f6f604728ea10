// e^x by basic arithmetic in double precision, so that every machine gives the same bits.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace catdog::network {

// Accurate to some units in the last place of a double for |x| ≤ 700; 0 below, and bounded above, that.
// x = n · ln 2 + r with |r| ≤ ln 2 / 2 (in two parts, Cody and Waite 1980), then a Taylor polynomial of r.
inline double exponential(double x) {
  if (x != x) return x;
  if (x < -700) return 0;
  if (x > 700) x = 700;
  constexpr double kLog2High = 0.693147180369123816490, kLog2Low = 1.90821492927058770002e-10;
  const double n = std::floor(x * 1.4426950408889634074 + 0.5);
  const double r = (x - n * kLog2High) - n * kLog2Low;
  constexpr int kTerms = 14;
  double sum = 1;
  for (int i = kTerms; i > 0; --i) sum = 1 + r * sum / i;
  const std::uint64_t bits = static_cast<std::uint64_t>(static_cast<std::int64_t>(n) + 1023) << 52;
  double power;
  std::memcpy(&power, &bits, sizeof power);
  return sum * power;
}

}  // namespace catdog::network
