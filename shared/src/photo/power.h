// Powers that are the same on every machine; those of the C library need not be.
#pragma once

#include <cmath>

namespace catdog {

// base^exponent to about 1e-14 of it, for 0 < base < 1e9 and |exponent| <= 1e6. Only operations that IEEE 754 rounds
// exactly.
inline double power(double base, double exponent) {
  constexpr double kLn2 = 0.693147180559945309417, kSqrtHalf = 0.707106781186547524401;
  constexpr double kLeast = -700, kMost = 700;  // of the logarithm
  int doublings = 0;
  double mantissa = std::frexp(base, &doublings);
  if (mantissa < kSqrtHalf) {
    mantissa *= 2;
    --doublings;
  }
  // ln m = 2 artanh((m - 1) / (m + 1)), where the argument is below 0.172.
  const double z = (mantissa - 1) / (mantissa + 1), square = z * z;
  double series = 0;
  for (int n = 21; n >= 1; n -= 2) series = series * square + 1.0 / n;
  const double logarithm = exponent * (2 * z * series + doublings * kLn2);
  if (logarithm < kLeast) return 0;
  const double bounded = logarithm > kMost ? kMost : logarithm;
  const double whole = std::floor(bounded / kLn2 + 0.5), rest = bounded - whole * kLn2;  // |rest| < 0.35
  double sum = 1;
  for (int n = 14; n >= 1; --n) sum = 1 + sum * rest / n;
  return std::ldexp(sum, static_cast<int>(whole));
}

}  // namespace catdog
