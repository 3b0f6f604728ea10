// A network as a list of layers of our own, in the order in which they run: what an ONNX graph is translated to.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "catdog/network/network.h"
#include "onnx_file.h"

namespace catdog::network {

inline constexpr int kMaxSide = 4096;                              // of a picture within the network, pixels
inline constexpr int kMaxChannels = 1 << 20;                       // of one tensor
inline constexpr std::int64_t kMaxWork = std::int64_t{1} << 36;    // multiply-adds for a photo
inline constexpr std::int64_t kMaxValues = std::int64_t{1} << 27;  // in one tensor
inline constexpr int kNone = -1;

enum class Op {
  kInput,      // the photo; per channel a table of 256 values
  kConv,       // every output channel reads every input channel
  kDepthwise,  // each channel by itself
  kDense,      // a matrix
  kMaxPool,
  kAveragePool,
  kGlobalAveragePool,
  kAffine,  // per channel: scale · x + bias
  kClamp,
  kAdd,
  kCrop,
  kPad,      // with zeros
  kEnlarge,  // each value becomes factor × factor of it
  kSoftmax,
  kSigmoid,
  kDequantize  // from fixed point to floats
};

struct Shape {
  int channels = 0, height = 1, width = 1;
  std::int64_t values() const { return std::int64_t{channels} * height * width; }
  bool operator==(const Shape& other) const {
    return channels == other.channels && height == other.height && width == other.width;
  }
};

// What a layer writes.
struct Value {
  Shape shape;
  bool flat = false;  // ONNX sees N×(channels·height·width), not N×channels×height×width
  std::string name;   // the ONNX tensor
};

// A filter's, or a margin that is added or taken away.
struct Window {
  int kernel_h = 1, kernel_w = 1;
  int stride_h = 1, stride_w = 1;
  int dilation_h = 1, dilation_w = 1;
  int top = 0, left = 0, bottom = 0, right = 0;  // padding
};

struct Layer {
  Op op = Op::kInput;
  std::string node;  // the ONNX node, for messages
  std::vector<int> inputs;
  int output = kNone;
  Window window;
  std::vector<float> weights;  // kConv: out, in, row, column. kDepthwise: channel, row, column. kDense: out, in (in the
                               // order channel, row, column)
  std::vector<float> scale;    // kAffine: of each channel. kInput: 3 × 256 values
  std::vector<float> bias;     // of each output channel
  int residual = kNone;        // a value that is added to the result before it is clamped
  float low = -std::numeric_limits<float>::infinity();  // the result is clamped to these
  float high = std::numeric_limits<float>::infinity();
  bool count_padding = false;  // kAveragePool: padding counts as zeros
  int factor = 1;              // kEnlarge
  bool for_outputs = false;    // needed for the probabilities or the presence
  bool for_map = false;        // needed for the class activation
};

struct LayerGraph {
  std::vector<Value> values;
  std::vector<Layer> layers;
  int probabilities = kNone, presence = kNone, class_activation = kNone;  // values
};

// The graph's layers, one for each node that does something. See Network::load for the problems.
Result<LayerGraph> translate(const OnnxModel& file, const Signature& signature);

// Leaves out what no output needs, and lets convolutions do what stands around them: scales and shifts, clamps, sums.
void fuse(LayerGraph& graph);

}  // namespace catdog::network
