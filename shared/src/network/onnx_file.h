// What an ONNX file holds (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), read without executing it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catdog/bytes.h"
#include "catdog/result.h"

namespace catdog::network {

inline constexpr std::size_t kMaxNodes = 10'000;
inline constexpr std::size_t kMaxTensors = 50'000;
inline constexpr std::size_t kMaxAttributes = 32;   // of one node
inline constexpr std::size_t kMaxNodeTensors = 64;  // inputs or outputs of one node
inline constexpr std::size_t kMaxRank = 8;
inline constexpr std::size_t kMaxListed = 4096;  // numbers in one attribute
inline constexpr std::int64_t kSymbolic = -1;    // a side of any length

// TensorProto.DataType
enum class DataType { kFloat32 = 1, kInt32 = 6, kInt64 = 7, kFloat16 = 10, kDouble = 11 };

// A constant: its bytes stay in the file.
struct OnnxConstant {
  std::string name;
  int type = 0;  // TensorProto.DataType
  std::vector<std::int64_t> shape;
  Bytes raw;                          // little-endian values; empty where they are `listed`
  std::vector<Bytes> listed;          // packed parts of the field for the type, or
  std::vector<std::uint64_t> single;  // values of that field that are not packed
  std::uint64_t count = 1;            // values, by the shape
};

struct OnnxAttribute {
  std::string name;
  bool has_number = false, has_real = false;
  std::int64_t number = 0;
  float real = 0;
  std::string text;
  std::vector<std::int64_t> numbers;
  std::vector<float> reals;
  std::vector<OnnxConstant> tensor;  // one or none
  bool other = false;                // holds what is not read here (graphs, sparse tensors, …)
};

struct OnnxNode {
  std::string type, name, domain;
  std::vector<std::string> inputs, outputs;
  std::vector<OnnxAttribute> attributes;
};

struct OnnxValue {
  std::string name;
  int type = 0;                     // TensorProto.DataType; 0: not said
  std::vector<std::int64_t> shape;  // sides, kSymbolic among them
};

struct OnnxModel {
  std::int64_t opset = 0;  // of the standard operators
  std::vector<OnnxNode> nodes;
  std::vector<OnnxConstant> constants;
  std::vector<OnnxValue> inputs;  // those too that are only names of constants
  std::vector<OnnxValue> outputs;
  std::vector<std::pair<std::string, std::string>> metadata;
};

// Problem::kCorrupt or kTooLarge where the bytes are no ONNX model, hold more than the limits above, refer to other
// files, or a constant has other than the number of values that its shape promises.
Result<OnnxModel> read_onnx(Bytes file);

// The values of a constant as floats (float32, float16, double) or as integers (int32, int64).
// Problem::kNeedsPlatform for other types; kCorrupt where a value is no finite number.
Result<std::vector<float>> floats_of(const OnnxConstant& constant);
Result<std::vector<std::int64_t>> integers_of(const OnnxConstant& constant);

// "N×3×128×128"
std::string shape_text(const std::vector<std::int64_t>& shape);

}  // namespace catdog::network
