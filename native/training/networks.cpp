// The networks that can be trained, layer by layer.
#include <stdexcept>

#include "training/network_spec.h"

namespace catdog {
namespace {

// Appends layers; each call gives the index of the layer whose output it made.
class Builder {
 public:
  Builder(std::string name, int classes) { spec_.name = std::move(name), spec_.classes = classes; }

  int channels(int layer) const { return layer == Layer::kInput ? 3 : spec_.layers[layer].out; }

  int conv(const std::string& name, int from, int out, int kernel, int stride, bool bias = false) {
    Layer layer = make(Op::kConv, name, from, out);
    layer.kernel = kernel, layer.stride = stride, layer.padding = kernel / 2, layer.bias = bias;
    return add(layer);
  }
  int batch_norm(const std::string& name, int from, bool zero_init = false) {
    Layer layer = make(Op::kBatchNorm, name, from, channels(from));
    layer.zero_init = zero_init;
    return add(layer);
  }
  int pool(Op op, int from, int kernel, int stride, int padding = 0) {
    Layer layer = make(op, "", from, channels(from));
    layer.kernel = kernel, layer.stride = stride, layer.padding = padding;
    return add(layer);
  }
  int relu(int from) { return add(make(Op::kRelu, "", from, channels(from))); }
  int global_average_pool(int from) { return add(make(Op::kGlobalAveragePool, "", from, channels(from))); }
  int dropout(int from, double rate) {
    Layer layer = make(Op::kDropout, "", from, channels(from));
    layer.rate = rate;
    return add(layer);
  }
  int add_up(int left, int right) {
    Layer layer = make(Op::kAdd, "", left, channels(left));
    layer.inputs.push_back(right);
    return add(layer);
  }
  int linear(const std::string& name, int from, int out) {
    Layer layer = make(Op::kLinear, name, from, out);
    layer.bias = true;
    return add(layer);
  }
  NetworkSpec finish() { return std::move(spec_); }

 private:
  Layer make(Op op, const std::string& name, int from, int out) const {
    Layer layer{};
    layer.op = op, layer.name = name, layer.inputs = {from}, layer.in = channels(from), layer.out = out;
    return layer;
  }
  int add(Layer layer) {
    spec_.layers.push_back(std::move(layer));
    return static_cast<int>(spec_.layers.size()) - 1;
  }
  NetworkSpec spec_;
};

// Convolution + ReLU and pooling four times, then dense layers. Averaging over the picture before the dense layers
// lets it train on smaller crops than it is used on.
NetworkSpec make_cnn(int classes) {
  Builder b("cnn", classes);
  int x = Layer::kInput;
  int number = 1;
  for (const int channels : {32, 64, 128, 128}) {
    x = b.relu(b.conv("conv" + std::to_string(number++), x, channels, 3, 1, /*bias=*/true));
    x = b.pool(Op::kMaxPool, x, 2, 2);
  }
  x = b.global_average_pool(x);
  x = b.relu(b.linear("dense1", x, 128));
  x = b.linear("dense2", b.dropout(x, 0.3), classes);
  return b.finish();
}

// Two 3×3 convolutions and a way around them (He et al. 2016, "Deep residual learning for image recognition"); where
// the size halves, the way around averages before its 1×1 convolution (He et al. 2019, "Bag of tricks", ResNet-D).
int residual_block(Builder& b, const std::string& name, int from, int channels, int stride) {
  int x = b.relu(b.batch_norm(name + ".bn1", b.conv(name + ".conv1", from, channels, 3, stride)));
  x = b.batch_norm(name + ".bn2", b.conv(name + ".conv2", x, channels, 3, 1), /*zero_init=*/true);
  int around = from;
  if (stride != 1) around = b.pool(Op::kAveragePool, around, stride, stride);
  if (b.channels(from) != channels) {
    around = b.batch_norm(name + ".bn0", b.conv(name + ".conv0", around, channels, 1, 1));
  }
  return b.relu(b.add_up(x, around));
}

NetworkSpec make_resnet(int classes) {
  Builder b("resnet", classes);
  int x = b.relu(b.batch_norm("stem.bn", b.conv("stem.conv", Layer::kInput, 24, 3, 2)));
  x = b.pool(Op::kMaxPool, x, 3, 2, 1);
  const struct { int channels, blocks; } stages[] = {{24, 1}, {64, 2}, {128, 2}, {256, 1}};
  int stage = 1;
  for (const auto& [channels, blocks] : stages) {
    for (int i = 0; i < blocks; ++i) {
      const std::string name = "stage" + std::to_string(stage) + "." + std::to_string(i);
      x = residual_block(b, name, x, channels, stage > 1 && i == 0 ? 2 : 1);
    }
    ++stage;
  }
  b.linear("head", b.dropout(b.global_average_pool(x), 0.2), classes);
  return b.finish();
}

}  // namespace

std::vector<std::string> network_names() { return {"cnn", "resnet"}; }

NetworkSpec make_network(const std::string& name, int classes) {
  if (name == "cnn") return make_cnn(classes);
  if (name == "resnet") return make_resnet(classes);
  throw std::invalid_argument("expected a network (cnn or resnet), found '" + name + "'");
}

}  // namespace catdog
