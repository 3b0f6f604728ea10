// How networks are put together, layer by layer.
#pragma once

#include <string>
#include <utility>

#include "training/network/network_spec.h"

namespace catdog {

// Appends layers; each call gives the index of the layer whose output it made.
class Builder {
 public:
  Builder(std::string name, const Heads& heads) : wanted_(heads) {
    spec_.name = std::move(name), spec_.classes = heads.classes;
  }

  // Layers that follow belong to the next stage.
  void next_stage() { ++spec_.heads; }

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
  // Averages of `side` × `side`, at the edge of what is there.
  int same_average_pool(int from, int side) {
    Layer layer = make(Op::kAveragePool, "", from, channels(from));
    layer.kernel = layer.stride = side, layer.same = true;
    return add(layer);
  }
  // A convolution padded as TensorFlow's SAME.
  int same_conv(const std::string& name, int from, int out, int kernel, int stride, int groups = 1) {
    Layer layer = make(Op::kConv, name, from, out);
    layer.kernel = kernel, layer.stride = stride, layer.same = true, layer.groups = groups;
    return add(layer);
  }
  int affine(int from, double scale, double shift) {
    Layer layer = make(Op::kAffine, "", from, channels(from));
    layer.scale = scale, layer.shift = shift;
    return add(layer);
  }
  int relu6(int from) { return add(make(Op::kRelu6, "", from, channels(from))); }
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
  // The heads on the pooled features of layer `from`; dropout stands before those of this data set.
  NetworkSpec finish(int from, double dropout_rate) {
    if (wanted_.pretrained_head > 0) spec_.pretrained_head = linear("pretrained_head", from, wanted_.pretrained_head);
    next_stage();
    from = dropout(from, dropout_rate);
    if (wanted_.presence) spec_.presence = linear("presence", from, 1);
    spec_.logits = linear("head", from, wanted_.classes);
    return std::move(spec_);
  }

 private:
  Layer make(Op op, const std::string& name, int from, int out) const {
    Layer layer{};
    layer.op = op, layer.name = name, layer.inputs = {from}, layer.in = channels(from), layer.out = out;
    layer.stage = spec_.heads;
    return layer;
  }
  int add(Layer layer) {
    spec_.layers.push_back(std::move(layer));
    return static_cast<int>(spec_.layers.size()) - 1;
  }
  Heads wanted_;
  NetworkSpec spec_;
};

}  // namespace catdog
