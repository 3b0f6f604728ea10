// What an ONNX file says about its inputs and outputs, read without executing it; and weights of half precision made
// wide.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catdog/bytes.h"

namespace catdog {

inline constexpr std::int64_t kSymbolic = -1;  // a side of any length
inline constexpr int kOnnxFloat32 = 1;         // TensorProto.DataType

struct OnnxTensor {
  std::string name;
  int type = 0;                     // TensorProto.DataType; 0: not said
  std::vector<std::int64_t> shape;  // sides, kSymbolic among them
};

struct OnnxHeader {
  std::vector<OnnxTensor> inputs;  // without those that are only names of weights
  std::vector<OnnxTensor> outputs;
};

// Throws std::runtime_error ("expected …, found …") where the bytes are no ONNX model.
OnnxHeader read_onnx_header(Bytes file);

// The same model with weights of half precision as float32, for engines that do not read them (OpenCV 4.6): the Cast
// nodes that widen them are gone. Throws as read_onnx_header.
std::vector<std::uint8_t> with_wide_weights(Bytes file);

// "N×3×128×128"
std::string shape_text(const std::vector<std::int64_t>& shape);

}  // namespace catdog
