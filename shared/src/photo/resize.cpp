#include "catdog/photo/resize.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace catdog {
namespace {

// Down the columns weights have 8 bits, so that products and sums of them with 8-bit values fit 16 bits exactly (twice
// as many at once in a vector register); across the rows they have 14. The sums in between keep their 8 bits of
// fraction.
constexpr int kDownBits = 8;
constexpr int kAcrossBits = 14;

// For one axis: which source pixels each output pixel averages, and with what weights.
struct Taps {
  struct Window {
    int first;  // source pixel
    int count;  // of source pixels, and of weights
  };
  std::vector<Window> windows;
  std::vector<std::uint32_t> weights;  // one window's after the other's
};

// Lengths are counted in 1/(2·to) of a source pixel, so that all of them are whole numbers.
Taps make_taps(int from, int to, int weight_bits) {
  Taps taps;
  taps.windows.reserve(to);
  taps.weights.reserve(static_cast<std::size_t>(from) + 2 * to);
  const std::int64_t unit = std::int64_t{2} * to;              // one source pixel
  const std::int64_t half = std::max<std::int64_t>(from, to);  // half a window: max(from / to, 1) / 2 pixels
  int first = 0;
  for (int i = 0; i < to; ++i) {
    const std::int64_t centre = (std::int64_t{2} * i + 1) * from;
    const std::int64_t begin = std::max<std::int64_t>(centre - half, 0);
    const std::int64_t end = std::min<std::int64_t>(centre + half, unit * from);
    while (unit * (first + 1) <= begin) ++first;
    // Each weight is the difference of two rounded running totals: they add up to one whatever their number. A window
    // is at most 2 · 65535 long, so 32 bits hold it with 14 bits of weight and one more.
    const auto length = static_cast<std::uint32_t>(end - begin);
    std::uint32_t total = 0;
    int last = first;
    for (std::int64_t reached = 0; reached < end; ++last) {
      reached = std::min<std::int64_t>(unit * (last + 1), end);
      const auto covered = static_cast<std::uint32_t>(reached - begin);
      const std::uint32_t total_with_this = ((covered << (weight_bits + 1)) / length + 1) / 2;
      taps.weights.push_back(total_with_this - total);
      total = total_with_this;
    }
    taps.windows.push_back({first, last - first});
  }
  return taps;
}

// Weighted sum of `count` source rows. Two rows, by far the most frequent, have a loop of their own.
void mean_of_rows(const std::uint8_t* const* rows, const std::uint32_t* weights, int count, std::uint16_t* out,
                  std::size_t values) {
  const auto weight = [&](int k) { return static_cast<std::uint16_t>(weights[k]); };
  if (count == 2) {
    const std::uint8_t *first = rows[0], *second = rows[1];
    const std::uint16_t w0 = weight(0), w1 = weight(1);
    for (std::size_t i = 0; i < values; ++i) out[i] = static_cast<std::uint16_t>(first[i] * w0 + second[i] * w1);
    return;
  }
  std::fill_n(out, values, std::uint16_t{0});
  for (int k = 0; k < count; ++k) {
    const std::uint8_t* row = rows[k];
    const std::uint16_t w = weight(k);
    for (std::size_t i = 0; i < values; ++i) out[i] = static_cast<std::uint16_t>(out[i] + row[i] * w);
  }
}

// The four 32-bit lanes of a vector register (a GCC and Clang extension that every target has): R, G, B and one unused.
using Lanes = std::uint32_t __attribute__((vector_size(16)));
using Quad = std::uint16_t __attribute__((vector_size(8)));
using Bytes4 = std::uint8_t __attribute__((vector_size(4)));

// One row resampled to the output's width. `row` and `out` must have room for one value more than their pixels.
void resample_row(const std::uint16_t* row, const Taps& taps, std::uint8_t* out) {
  constexpr int shift = kDownBits + kAcrossBits;
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
  const Taps across = make_taps(source.width, width, kAcrossBits);
  const Taps down = make_taps(source.height, height, kDownBits);
  const std::size_t values = source.row_bytes();
  std::vector<std::uint16_t> mean(values + 1);
  std::vector<std::uint8_t> resampled(out.row_bytes() + 1);
  std::vector<const std::uint8_t*> rows;
  const std::uint32_t* weight = down.weights.data();
  for (int y = 0; y < height; ++y) {
    const Taps::Window& window = down.windows[y];
    rows.clear();
    for (int k = 0; k < window.count; ++k) rows.push_back(source.row(window.first + k));
    mean_of_rows(rows.data(), weight, window.count, mean.data(), values);
    weight += window.count;
    resample_row(mean.data(), across, resampled.data());
    std::memcpy(out.row(y), resampled.data(), out.row_bytes());
  }
  return out;
}

}  // namespace catdog
