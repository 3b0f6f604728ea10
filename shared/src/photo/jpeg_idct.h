// libjpeg's inverse cosine transforms of 8×8 coefficients to 2×2 and 4×4 pixels, with the same roundings.
#pragma once

#include <array>
#include <cstdint>

namespace catdog {

// Dequantised coefficients may be this large: with more, libjpeg-turbo's builds differ from each other (vector
// instructions saturate at 16 bits). Those of a sound picture are at most 1024 and half of a quantisation step.
inline constexpr int kMaxCoefficient = 1700;

// Of a block of which every second coefficient does not matter: rows and columns 0, 1, 3, 5 and 7 of the 8.
struct Coefficients2x2 {
  static constexpr int kRows = 5, kColumns = 8;  // the last three columns are 0, so that compilers see vectors
  static constexpr int kNowhere = 7;             // takes what does not matter, which is 0
  std::array<int, kRows * kColumns> values{};    // row by row
};

// Row 4 and column 4 do not matter.
struct Coefficients4x4 {
  static constexpr int kSide = 8;
  std::array<int, kSide * kSide> values{};  // row by row
};

// To a pixel, before 128 is added. Some 12 or 13 bits of a fraction are left after the multiplications, 5 from the
// rest.
constexpr int descale(int value, int bits) { return (value + (1 << (bits - 1))) >> bits; }
constexpr int descale(std::int64_t value, int bits) {
  return static_cast<int>((value + (std::int64_t{1} << (bits - 1))) >> bits);
}

// Pixels from left to right, from top to bottom, before 128 is added.
inline void inverse_dct(const Coefficients2x2& in, int out[4]) {
  // 1.0, sqrt(2)·(c1+c3+c5+c7) and so on, times 2^13
  constexpr int kHalf = 1 << 15, k1 = 29692, k3 = -10426, k5 = 6967, k7 = -5906, kColumns = Coefficients2x2::kColumns;
  int upper[kColumns], lower[kColumns];
  for (int c = 0; c < kColumns; ++c) {
    const int* column = in.values.data() + c;
    const int even = column[0] * kHalf;
    const int odd =
        column[kColumns] * k1 + column[2 * kColumns] * k3 + column[3 * kColumns] * k5 + column[4 * kColumns] * k7;
    upper[c] = descale(even + odd, 13);
    lower[c] = descale(even - odd, 13);
  }
  for (const int* row : {upper, lower}) {
    const int even = row[0] * kHalf, odd = row[1] * k1 + row[2] * k3 + row[3] * k5 + row[4] * k7;
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

inline void inverse_dct(const Coefficients4x4& in, int out[16]) {
  constexpr int kSide = Coefficients4x4::kSide;
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
