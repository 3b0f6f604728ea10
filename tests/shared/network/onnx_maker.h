// Makes ONNX files for tests with ONNX's own classes, not with the project's writer.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

#include "catdog/bytes.h"
#include "catdog/network/network.h"
#include "catdog/photo/image.h"

namespace catdog {

class OnnxMaker {
 public:
  // The network's input is called "photo".
  explicit OnnxMaker(int size, unsigned seed = 1);

  onnx::NodeProto& node(const std::string& type, const std::vector<std::string>& inputs, const std::string& output);
  void ints(onnx::NodeProto& node, const std::string& name, const std::vector<std::int64_t>& values);
  void integer(onnx::NodeProto& node, const std::string& name, std::int64_t value);
  void real(onnx::NodeProto& node, const std::string& name, float value);
  void text(onnx::NodeProto& node, const std::string& name, const std::string& value);
  // Constants; each gives its name.
  std::string floats(const std::string& name, const std::vector<std::int64_t>& shape, const std::vector<float>& values);
  std::string integers(const std::string& name, const std::vector<std::int64_t>& values);
  // Uniform in [-scale, scale).
  std::string random(const std::string& name, const std::vector<std::int64_t>& shape, float scale);

  // A convolution of random weights that keep values about as large as they are.
  std::string conv(const std::string& input, int in, int out, int kernel, int stride, int padding, int groups = 1,
                   int dilation = 1);
  std::string relu6(const std::string& input);
  // Mean over the picture, a matrix and a softmax: the output "probabilities" of so many classes.
  void finish(const std::string& features, int channels, int classes);
  void output(const std::string& name, const std::vector<std::int64_t>& sides);
  void metadata(const std::string& key, const std::string& value);

  std::string file() const;
  onnx::ModelProto model;
  int number(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

 private:
  std::mt19937 random_;
  int names_ = 0;
};

Image random_picture(int size, unsigned seed);
inline Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// A network of many kinds of layers, at odd sizes and channels, decided by the seed; 3 classes.
struct RandomNetwork {
  std::string onnx;
  network::Signature signature;
};
RandomNetwork random_network(unsigned seed);

// The file with the ranges that its tensors have on some pictures; empty where the core does not run it.
std::string with_ranges(const RandomNetwork& made);

}  // namespace catdog
