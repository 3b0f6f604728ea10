// The one description of a network: a list of layers. LibTorch executes it (torch_network.h), the ONNX writer
// serialises it (onnx_writer.h), so the two cannot drift apart.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace catdog {

enum class Op { kConv, kBatchNorm, kRelu, kMaxPool, kAveragePool, kGlobalAveragePool, kAdd, kDropout, kLinear };

// A layer reads the outputs of earlier ones, named by index; kInput is the photo: N×3×S×S, RGB in [0, 1].
struct Layer {
  static constexpr int kInput = -1;

  Op op;
  std::string name;         // of its parameters, e.g. "stage1.0.conv1"
  std::vector<int> inputs;  // two for kAdd, otherwise one
  int in = 0;               // channels (features for kLinear)
  int out = 0;
  int kernel = 1;  // kConv and the pools; square
  int stride = 1;
  int padding = 0;         // on each side
  int groups = 1;          // kConv
  bool bias = false;       // kConv, kLinear
  bool zero_init = false;  // kBatchNorm: starts with scale 0, so that a residual block starts as the identity
  double rate = 0;         // kDropout
};

// The last layer gives the logits, N×classes.
struct NetworkSpec {
  std::string name;
  int classes = 0;
  std::vector<Layer> layers;
};

// Names that make_network knows.
std::vector<std::string> network_names();

// Throws std::invalid_argument for an unknown name.
NetworkSpec make_network(const std::string& name, int classes);

struct NetworkCost {
  std::int64_t parameters = 0;
  std::int64_t multiply_adds = 0;  // of convolutions and dense layers, for one photo of `size` × `size`
};
NetworkCost cost_of(const NetworkSpec& spec, int size);

}  // namespace catdog
