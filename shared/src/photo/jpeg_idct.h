// libjpeg's inverse cosine transforms of 8×8 coefficients to 2×2 and 4×4 pixels, with the same roundings.
#pragma once

#include <array>
#include <cstdint>

namespace catdog {

// Dequantised coefficients may be this large: with more, libjpeg-turbo's builds differ from each other (vector
// instructions saturate at 16 bits). Those of a sound picture are at most 1024 and half of a quantisation step.
inline constexpr int kMaxCoefficient = 1700;

// What a coefficient adds to: `factor` times its value to one of the sums. With 0 it does not matter.
struct CoefficientUse {
  int sum = 0, factor = 0;
};

// For 2×2 pixels: rows and columns 0, 1, 3, 5 and 7 matter. The first step of the transform, down the columns, is done
// while coefficients come in: five sums of their even rows, and five of their odd ones.
struct Sums2x2 {
  static constexpr int kSide = 2, kColumns = 5;
  static constexpr int kMeanFactor = 1 << 15;
  static constexpr int kUnused = 6;  // sums: adding nothing to several takes less time than to one
  std::array<int, 2 * kColumns + kUnused> values{};

  static constexpr CoefficientUse use(int row, int column) {
    constexpr int kCompact[8] = {0, 1, -1, 2, -1, 3, -1, 4};
    // 1.0, sqrt(2)·(c1+c3+c5+c7) and so on, times 2^13 and, with the mean, 2^2
    constexpr int kFactors[8] = {kMeanFactor, 29692, 0, -10426, 0, 6967, 0, -5906};
    if (kCompact[column] < 0 || kCompact[row] < 0) return {2 * kColumns + (row + 3 * column) % kUnused, 0};
    return {kCompact[column] + (row == 0 ? 0 : kColumns), kFactors[row]};
  }
};

// For 4×4 pixels: all but row 4 and column 4 matter. The coefficients themselves.
struct Sums4x4 {
  static constexpr int kSide = 4, kColumns = 8;
  static constexpr int kMeanFactor = 1;
  std::array<int, 64> values{};

  static constexpr CoefficientUse use(int row, int column) {
    return {row * kColumns + column, row != 4 && column != 4 ? 1 : 0};
  }
};

// To a pixel, before 128 is added. Some 12 or 13 bits of a fraction are left after the multiplications, 5 from the
// rest.
constexpr int descale(int value, int bits) { return (value + (1 << (bits - 1))) >> bits; }
constexpr int descale(std::int64_t value, int bits) {
  return static_cast<int>((value + (std::int64_t{1} << (bits - 1))) >> bits);
}

// Pixels from left to right, from top to bottom, before 128 is added.
inline void inverse_dct(const Sums2x2& in, int out[4]) {
  constexpr int kColumns = Sums2x2::kColumns;
  int upper[kColumns], lower[kColumns];
  for (int c = 0; c < kColumns; ++c) {
    const int even = in.values[c], odd = in.values[kColumns + c];
    upper[c] = descale(even + odd, 13);
    lower[c] = descale(even - odd, 13);
  }
  for (const int* row : {upper, lower}) {
    const int even = row[0] * Sums2x2::kMeanFactor;
    const int odd = row[1] * 29692 - row[2] * 10426 + row[3] * 6967 - row[4] * 5906;
    *out++ = descale(even + odd, 20);
    *out++ = descale(even - odd, 20);
  }
}

// One dimension of the transform to 4 pixels; `step` apart are the 8 coefficients.
template <class Number>
inline void inverse_dct_4(const int* in, int step, int bits, int out[4]) {
  const auto at = [&](int i) { return Number{in[i * step]}; };
  const Number mean = at(0) * (1 << 14), even = at(2) * 15137 - at(6) * 6270;
  const Number inner = at(1) * 8697 - at(3) * 17799 + at(5) * 11893 - at(7) * 1730;
  const Number outer = at(1) * 20995 + at(3) * 7373 - at(5) * 4926 - at(7) * 4176;
  out[0] = descale(mean + even + outer, bits);
  out[1] = descale(mean - even + inner, bits);
  out[2] = descale(mean - even - inner, bits);
  out[3] = descale(mean + even - outer, bits);
}

inline void inverse_dct(const Sums4x4& in, int out[16]) {
  constexpr int kSide = Sums4x4::kColumns;
  int rows[4][kSide] = {};
  for (int c = 0; c < kSide; ++c) {
    if (c == 4) continue;
    int column[4];
    inverse_dct_4<int>(in.values.data() + c, kSide, 12, column);
    for (int r = 0; r < 4; ++r) rows[r][c] = column[r];
  }
  for (int r = 0; r < 4; ++r) inverse_dct_4<std::int64_t>(rows[r], 1, 19, out + 4 * r);
}

}  // namespace catdog
