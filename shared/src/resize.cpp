#include "catdog/resize.h"

#include <algorithm>
#include <vector>

namespace catdog {
namespace {

constexpr int kWeightBits = 14;
constexpr int kRowBits = 8;  // fraction bits kept between the horizontal and the vertical pass

// For one axis: which source pixels each output pixel averages, and with what weights.
struct Taps {
  struct Window {
    int first;  // source pixel
    int count;
    int weight;  // index of its first weight
  };
  std::vector<Window> windows;
  std::vector<std::uint16_t> weights;
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
    const auto total_until = [&](std::int64_t at) {
      const std::int64_t covered = std::clamp<std::int64_t>(at - begin, 0, end - begin);
      return ((covered << (kWeightBits + 1)) / (end - begin) + 1) / 2;
    };
    for (int k = first; k <= last; ++k) {
      taps.weights.push_back(static_cast<std::uint16_t>(total_until(unit * (k + 1)) - total_until(unit * k)));
    }
  }
  return taps;
}

// One source row, resampled to the output's width, with kRowBits of fraction.
void resample_row(const std::uint8_t* source, const Taps& taps, std::uint16_t* out) {
  constexpr int shift = kWeightBits - kRowBits;
  for (const Taps::Window& window : taps.windows) {
    const std::uint8_t* pixel = source + std::size_t{3} * window.first;
    const std::uint16_t* weight = taps.weights.data() + window.weight;
    std::uint32_t r = 1 << (shift - 1), g = r, b = r;
    for (int k = 0; k < window.count; ++k, pixel += 3) {
      r += pixel[0] * weight[k];
      g += pixel[1] * weight[k];
      b += pixel[2] * weight[k];
    }
    *out++ = static_cast<std::uint16_t>(r >> shift);
    *out++ = static_cast<std::uint16_t>(g >> shift);
    *out++ = static_cast<std::uint16_t>(b >> shift);
  }
}

void add_row(const std::uint16_t* row, std::uint32_t weight, std::uint32_t* sum, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) sum[i] += row[i] * weight;
}

void round_row(const std::uint32_t* sum, std::uint8_t* out, std::size_t count) {
  constexpr int shift = kWeightBits + kRowBits;
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = static_cast<std::uint8_t>((sum[i] + (1u << (shift - 1))) >> shift);
  }
}

}  // namespace

Result<Image> resize_area(const Image& source, int width, int height) {
  Image out = Image::of_size(width, height);
  if (!out.pixels) return Error{Problem::kNoMemory, "expected memory for the resized picture, found none"};
  const Taps across = make_taps(source.width, width);
  const Taps down = make_taps(source.height, height);
  const std::size_t row_values = out.row_bytes();

  // Neighbouring output rows share at most two source rows: the last two resampled ones are kept.
  std::vector<std::uint16_t> kept[2] = {std::vector<std::uint16_t>(row_values), std::vector<std::uint16_t>(row_values)};
  int kept_row[2] = {-1, -1};
  std::vector<std::uint32_t> sum(row_values);
  for (int y = 0; y < height; ++y) {
    const Taps::Window& window = down.windows[y];
    std::fill(sum.begin(), sum.end(), 0);
    for (int k = 0; k < window.count; ++k) {
      const int row = window.first + k, slot = row & 1;
      if (kept_row[slot] != row) {
        resample_row(source.row(row), across, kept[slot].data());
        kept_row[slot] = row;
      }
      add_row(kept[slot].data(), down.weights[window.weight + k], sum.data(), row_values);
    }
    round_row(sum.data(), out.row(y), row_values);
  }
  return out;
}

}  // namespace catdog
