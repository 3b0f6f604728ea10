// The one description of a network: a list of layers. LibTorch executes it (torch_network.h), the ONNX writer
// serialises it (onnx_writer.h), so the two cannot drift apart.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace catdog {

enum class Op {
  kConv,
  kBatchNorm,
  kRelu,
  kRelu6,  // at most 6 (Krizhevsky 2010, "Convolutional deep belief networks on CIFAR-10")
  kAffine,
  kMaxPool,
  kAveragePool,
  kGlobalAveragePool,
  kAdd,
  kDropout,
  kLinear
};

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
  bool same = false;       // kConv, kAveragePool: padded as TensorFlow's SAME instead, see padding_of; what is
                           // padded does not count in an average
  int groups = 1;          // kConv
  bool bias = false;       // kConv, kLinear
  bool zero_init = false;  // kBatchNorm: starts with scale 0, so that a residual block starts as the identity
  double rate = 0;         // kDropout
  double scale = 1;        // kAffine: scale · x + shift
  double shift = 0;
  int stage = 0;  // how far from the photo: fine-tuning lets earlier stages learn slower
};

// Rows and columns of zeros before and after a picture of `side` pixels. SAME gives ceil(side / stride) outputs; of an
// odd number the greater half comes after.
std::pair<int, int> padding_of(const Layer& layer, int side);

struct NetworkSpec {
  static constexpr int kNone = -1;

  std::string name;
  int classes = 0;
  std::vector<Layer> layers;
  double batch_norm_epsilon = 1e-5;
  // Pixels at each edge of the photo that the network does not look at in use (a centre crop), so that it sees the rest
  // larger for the same work. In training random crops take its place.
  int margin = 0;
  int heads = 0;  // the stage of the heads: layers that belong to this data set
  // The layers whose outputs are the network's: logits of the classes, N×classes; of "any of the classes is in the
  // picture", N×1; of the classes of the pretrained network.
  int logits = kNone;
  int presence = kNone;
  int pretrained_head = kNone;
};

// Names that make_network knows.
std::vector<std::string> network_names();

// What a network outputs.
struct Heads {
  int classes = 2;
  bool presence = false;
  int pretrained_head = 0;  // classes of the pretrained network; 0: they are left out
};

// Throws std::invalid_argument for an unknown name.
NetworkSpec make_network(const std::string& name, const Heads& heads);

// The side of what each layer gives, where the first ones read `input` × `input` pixels; 1 after the pooling of whole
// pictures.
std::vector<int> sides_of(const NetworkSpec& spec, int input);

// The smallest pictures that the layers can take, in pixels a side, without a margin.
int least_size(const NetworkSpec& spec);

struct NetworkCost {
  std::int64_t parameters = 0;
  std::int64_t multiply_adds = 0;  // of convolutions and dense layers, for one photo of `size` × `size`
};
NetworkCost cost_of(const NetworkSpec& spec, int size);

}  // namespace catdog
