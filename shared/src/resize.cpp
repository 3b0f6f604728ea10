#include "catdog/resize.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace catdog {
namespace {

constexpr int kWeightBits = 14;
constexpr int kRowBits = 8;  // fraction bits kept between the vertical and the horizontal pass

// For one axis: which source pixels each output pixel averages, and with what weights.
struct Taps {
  struct Window {
    int first;  // source pixel
    int count;
    int weight;  // index of its first weight
  };
  std::vector<Window> windows;
  std::vector<std::uint32_t> weights;
};

// Lengths are counted in 1/(2·to) of a source pixel, so that all of them are whole numbers.
Taps make_taps(int from, int to) {
  Taps taps;
  taps.windows.reserve(to);
  const std::int64_t unit = std::int64_t{2} * to;              // one source pixel
  const std::int64_t half = std::max<std::int64_t>(from, to);  // half a window: max(from / to, 1) / 2 pixels
  for (int i = 0; i < to; ++i) {
    const std::int64_t centre = (std::int64_t{2} * i + 1) * from;
    const std::int64_t begin = std::max<std::int64_t>(centre - half, 0);
    const std::int64_t end = std::min<std::int64_t>(centre + half, unit * from);
    const int first = static_cast<int>(begin / unit);
    const int last = static_cast<int>((end - 1) / unit);
    taps.windows.push_back({first, last - first + 1, static_cast<int>(taps.weights.size())});
    // Each weight is the difference of two rounded running totals: they add up to one whatever their number.
    std::int64_t total = 0;
    for (int k = first; k <= last; ++k) {
      const std::int64_t covered = std::min<std::int64_t>(unit * (k + 1), end) - begin;
      const std::int64_t total_with_this = ((covered << (kWeightBits + 1)) / (end - begin) + 1) / 2;
      taps.weights.push_back(static_cast<std::uint32_t>(total_with_this - total));
      total = total_with_this;
    }
  }
  return taps;
}

// Weighted sum of `count` source rows, with kRowBits of fraction. One and two rows, by far the most frequent, have
// loops of their own that compilers turn into vector instructions.
void mean_of_rows(const std::uint8_t* const* rows, const std::uint32_t* weight, int count, std::uint16_t* out,
                  std::uint32_t* sum, std::size_t values) {
  constexpr int shift = kWeightBits - kRowBits;
  constexpr std::uint32_t half = 1 << (shift - 1);
  if (count == 1) {
    for (std::size_t i = 0; i < values; ++i) out[i] = static_cast<std::uint16_t>(rows[0][i] << kRowBits);
    return;
  }
  if (count == 2) {
    const std::uint8_t *first = rows[0], *second = rows[1];
    const std::uint32_t w0 = weight[0], w1 = weight[1];
    for (std::size_t i = 0; i < values; ++i) {
      out[i] = static_cast<std::uint16_t>((first[i] * w0 + second[i] * w1 + half) >> shift);
    }
    return;
  }
  std::fill_n(sum, values, half);
  for (int k = 0; k < count; ++k) {
    const std::uint8_t* row = rows[k];
    const std::uint32_t w = weight[k];
    for (std::size_t i = 0; i < values; ++i) sum[i] += row[i] * w;
  }
  for (std::size_t i = 0; i < values; ++i) out[i] = static_cast<std::uint16_t>(sum[i] >> shift);
}

// The four 32-bit lanes of a vector register (a GCC and Clang extension that every target has): R, G, B and one unused.
using Lanes = std::uint32_t __attribute__((vector_size(16)));
using Quad = std::uint16_t __attribute__((vector_size(8)));
using Bytes4 = std::uint8_t __attribute__((vector_size(4)));

// One row resampled to the output's width. `row` and `out` must have room for one value more than their pixels.
void resample_row(const std::uint16_t* row, const Taps& taps, std::uint8_t* out) {
  constexpr int shift = kWeightBits + kRowBits;
  constexpr std::uint32_t half = 1u << (shift - 1);
  const std::uint32_t* weight = taps.weights.data();
  for (const Taps::Window& window : taps.windows) {
    const std::uint16_t* pixel = row + std::size_t{3} * window.first;
    Lanes sum = {half, half, half, half};
    for (int k = 0; k < window.count; ++k, pixel += 3) {
      Quad values;
      std::memcpy(&values, pixel, sizeof values);
      sum += __builtin_convertvector(values, Lanes) * *weight++;
    }
    const auto rounded = __builtin_convertvector(sum >> shift, Bytes4);
    std::memcpy(out, &rounded, sizeof rounded);  // the fourth is overwritten by the next pixel
    out += 3;
  }
}

}  // namespace

Result<Image> resize_area(const Image& source, int width, int height) {
  Image out = Image::of_size(width, height);
  if (!out.pixels) return Error{Problem::kNoMemory, "expected memory for the resized picture, found none"};
  const Taps across = make_taps(source.width, width);
  const Taps down = make_taps(source.height, height);
  const std::size_t values = source.row_bytes();
  std::vector<std::uint16_t> mean(values + 1);
  std::vector<std::uint32_t> sum(values);
  std::vector<std::uint8_t> resampled(out.row_bytes() + 1);
  std::vector<const std::uint8_t*> rows;
  for (int y = 0; y < height; ++y) {
    const Taps::Window& window = down.windows[y];
    rows.clear();
    for (int k = 0; k < window.count; ++k) rows.push_back(source.row(window.first + k));
    mean_of_rows(rows.data(), down.weights.data() + window.weight, window.count, mean.data(), sum.data(), values);
    resample_row(mean.data(), across, resampled.data());
    std::memcpy(out.row(y), resampled.data(), out.row_bytes());
  }
  return out;
}

}  // namespace catdog
