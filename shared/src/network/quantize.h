// Fixed point: each tensor holds whole numbers of 16 bits, its values divided by a scale of its own.
#pragma once

#include <string>
#include <vector>

#include "layers.h"

namespace catdog::network {

// Of one value of the graph.
struct FixedPoint {
  bool used = false;  // else it holds floats
  double scale = 1;   // value = code · scale
  int most = 0;       // no code is beyond ±most
};

// The ranges in the file's metadata, by the tensors' names. An error where the text is no list of names with positive,
// finite numbers.
Result<std::vector<Range>> ranges_of(const OnnxModel& file);

// Which values can hold fixed point, and how: those between the photo and the pooled features whose ranges are known.
// Where a layer that computes with floats reads one, a layer before it makes floats of it. `graph`: after fuse().
//
// A layer's sums are exact in 32 bits: each output's weights are made so small that no input within ±most can overflow
// them. How the bits are shared between weights and inputs follows from the layers that read a value.
std::vector<FixedPoint> plan_fixed_point(LayerGraph& graph, const std::vector<Range>& ranges);

// Whether a layer writes a tensor whose range must be known for that.
bool needs_range(const Layer& layer);

// The weights of one output as codes, none beyond ±32767 and Σ|code| · most at most 2^31 - 1. Gives their scale:
// weight = code · scale.
double quantize_weights(const float* weights, std::size_t count, int most, std::int16_t* codes);

}  // namespace catdog::network
