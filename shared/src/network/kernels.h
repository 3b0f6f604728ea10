// The loops in which nearly all time goes, for each kind of processor. All kinds give the same bits: floats are summed
// in one order without fused multiply-adds, each lane of a vector being another output; integers are exact.
#pragma once

#include <cstddef>
#include <cstdint>

namespace catdog::network {

// Channels lie together (height, width, channel), a multiple of so many for each pixel.
inline constexpr int kChannelStep = 8;

// out = clamp(rows of `a` × weights + bias + residual)
struct MatrixFloat {
  const float* a;
  std::size_t a_stride;
  int rows;
  int depth;
  const float* weights;  // panel, depth, column of the panel
  const float* bias;
  const float* residual;  // as `out`, or null
  float* out;
  std::size_t out_stride;
  int columns;  // a multiple of kChannelStep
  float low, high;
};

// out = round(clamp(sum · scale + bias + residual · residual_scale)), in the fixed point of the output.
struct MatrixInt16 {
  const std::int16_t* a;
  std::size_t a_stride;
  int rows;
  int depth;                    // even
  const std::int16_t* weights;  // panel, pair of depths, halves of the panel: see panel_place
  const float* scale;
  const float* bias;
  const std::int16_t* residual;
  float residual_scale;
  std::int16_t* out;
  std::size_t out_stride;
  int columns;
  float low, high;
};

// Where the filters of a depthwise convolution stand.
struct FilterPlace {
  int height, width;  // of the input
  int out_height, out_width;
  int channels;  // of both, a multiple of kChannelStep
  int kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, top, left;
};

struct DepthwiseFloat {
  FilterPlace place;
  const float* in;
  const float* zeros;    // for padding: `channels` of them
  const float** table;   // room for a pointer to each tap, and one more
  const float* weights;  // panel, tap, channel of the panel
  const float* bias;
  float* out;
  float low, high;
};

struct DepthwiseInt16 {
  FilterPlace place;
  const std::int16_t* in;
  const std::int16_t* zeros;
  const std::int16_t** table;
  std::int16_t* scratch;        // filter_scratch() values; null where that is 0
  const std::int16_t* weights;  // panel, pair of rows, column, halves of the panel
  const float* scale;
  const float* bias;
  std::int16_t* out;
  float low, high;
};

// Filters that are fast: without dilation, 3 or 5 wide, moved by 1 or 2. They need memory for some rows of the picture:
// so many values, or none where the filter is another one.
inline constexpr int kMaxFilterRows = 16;
constexpr std::size_t filter_scratch(const FilterPlace& p, int panel) {
  const bool fast = p.dilation_h == 1 && p.dilation_w == 1 && p.kernel_h <= kMaxFilterRows &&
                    (p.kernel_w == 3 || p.kernel_w == 5) && (p.stride_w == 1 || p.stride_w == 2);
  const int columns = (p.out_width - 1) * p.stride_w + p.kernel_w, channels = (p.channels + panel - 1) / panel * panel;
  return fast ? static_cast<std::size_t>(p.kernel_h) * columns * channels * 2 : 0;
}

struct Kernels {
  int panel;  // columns that are worked on together; a multiple of kChannelStep
  void (*matrix_float)(const MatrixFloat&);
  void (*matrix_int16)(const MatrixInt16&);
  void (*depthwise_float)(const DepthwiseFloat&);
  void (*depthwise_int16)(const DepthwiseInt16&);
};

// Of the best kind that this processor can run.
const Kernels& best_kernels();

// Where a column's weight stands among the panel's weights of a pair of depths (`odd`: the second of the pair). The
// vectors' 128-bit blocks are narrowed one by one, so their lanes are dealt out by blocks.
constexpr int panel_place(int panel, int column, bool odd) {
  const int block = column / 8, within = column % 8;
  return (within < 4 ? 0 : panel) + (block * 4 + within % 4) * 2 + (odd ? 1 : 0);
}
// The same for scales and biases, of which there is one for each column.
constexpr int panel_lane(int panel, int column) { return panel_place(panel, column, false) / 2; }

}  // namespace catdog::network
