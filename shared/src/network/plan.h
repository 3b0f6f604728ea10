// What is decided once, when a network is loaded: where each value lies in memory, and the weights as the kernels want
// them.
#pragma once

#include <vector>

#include "kernels.h"
#include "layers.h"
#include "memory.h"
#include "quantize.h"

namespace catdog::network {

// Where a value lies: in the workspace's arena, at every run.
struct Slot {
  std::size_t offset = 0;  // bytes
  int stride = 0;          // values from one pixel to the next; those past the channels are finite
  FixedPoint fixed;
};

// A layer with its weights packed (they are no longer in `layer`).
struct Step {
  Layer layer;
  AlignedArray<float> weights;
  AlignedArray<std::int16_t> codes;
  AlignedArray<float> scale, bias;  // of the sums; in fixed point divided by the output's scale
  float residual_scale = 0;
  float low = 0, high = 0;          // in codes where the output is fixed
  std::vector<std::int16_t> table;  // kInput in fixed point: 3 × 256 codes
  std::size_t filter_scratch = 0;   // values, see kernels.h
  int depth = 0;                    // values that one output reads, with padding
};

struct Network::Plan {
  LayerGraph graph;  // without weights
  std::vector<Slot> slots;
  std::vector<Step> steps;
  const Kernels* kernels = nullptr;
  Precision precision = Precision::kFloat32;
  int size = 0;
  std::size_t arena_bytes = 0;
  std::size_t scratch_bytes = 0;  // for pixels that are gathered for a matrix product
  std::size_t taps = 0;           // of the largest depthwise filter
  int most_channels = 0;
};

FilterPlace place_of(const Window& window, const Shape& in, const Shape& out, int stride);

// Rows of a convolution's matrix that are gathered at once.
int rows_at_once(const Step& step, std::size_t value_bytes);
// Whether the input already is that matrix.
bool reads_in_place(const Layer& layer);

// `fixed`: of each value; all floats where it is empty. False where the memory cannot be had.
bool pack(Network::Plan& plan, const std::vector<FixedPoint>& fixed);

}  // namespace catdog::network
