// The values of an ONNX file's constants.
#include <cmath>
#include <cstring>

#include "onnx_file.h"
#include "wire.h"

namespace catdog::network {
namespace {

Error refused(const OnnxConstant& constant, const std::string& expected, const std::string& found,
              Problem problem = Problem::kCorrupt) {
  return {problem, "constant '" + constant.name + "': expected " + expected + ", found " + found};
}

// Exact: every half is a float. Its exponent and fraction stand in a float's places, 112 too low.
float from_half(unsigned half) {
  const std::uint32_t bits = (half & 0x7FFF) << 13;
  float magnitude;
  std::memcpy(&magnitude, &bits, sizeof magnitude);
  magnitude *= 0x1p112f;
  if ((half & 0x7C00) == 0x7C00) magnitude = (half & 0x3FF) == 0 ? HUGE_VALF : NAN;
  return half & 0x8000 ? -magnitude : magnitude;
}

float from_bits(std::uint64_t bits, DataType type) {
  if (type == DataType::kFloat16) return from_half(static_cast<unsigned>(bits & 0xFFFF));
  if (type == DataType::kDouble) {
    double value;
    std::memcpy(&value, &bits, sizeof value);
    return static_cast<float>(value);
  }
  const auto low = static_cast<std::uint32_t>(bits);
  float value;
  std::memcpy(&value, &low, sizeof value);
  return value;
}

// Gives the bits of each value to `take`; false where there are others than the shape promises.
template <class Take>
bool each_value(const OnnxConstant& constant, Take take) {
  const auto type = static_cast<DataType>(constant.type);
  const bool wide = type == DataType::kDouble || type == DataType::kInt64;
  std::uint64_t found = 0;
  const auto give = [&](std::uint64_t bits) {
    if (++found <= constant.count) take(bits);
  };
  if (constant.listed.empty() && constant.single.empty()) {
    WireReader reader(constant.raw);
    std::uint64_t bits;
    std::uint32_t low;
    if (type == DataType::kFloat16) {
      for (std::size_t i = 0; i + 1 < constant.raw.size; i += 2)
        give(constant.raw.data[i] | constant.raw.data[i + 1] << 8);
    } else if (wide) {
      while (!reader.at_end() && reader.next_fixed64(bits)) give(bits);
    } else {
      while (!reader.at_end() && reader.next_fixed32(low)) give(low);
    }
    return found == constant.count;
  }
  for (const Bytes& part : constant.listed) {
    WireReader reader(part);
    std::uint64_t bits;
    std::uint32_t low;
    if (type == DataType::kFloat32) {
      while (!reader.at_end() && reader.next_fixed32(low)) give(low);
    } else if (type == DataType::kDouble) {
      while (!reader.at_end() && reader.next_fixed64(bits)) give(bits);
    } else {
      while (!reader.at_end() && reader.next_varint(bits)) give(bits);
    }
    if (!reader.sound()) return false;
  }
  for (const std::uint64_t bits : constant.single) give(bits);
  return found == constant.count;
}

}  // namespace

Result<std::vector<float>> floats_of(const OnnxConstant& constant) {
  const auto type = static_cast<DataType>(constant.type);
  if (type != DataType::kFloat32 && type != DataType::kFloat16 && type != DataType::kDouble) {
    return refused(constant, "floats", "data type " + std::to_string(constant.type), Problem::kNeedsPlatform);
  }
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(constant.count));
  bool finite = true;
  const bool complete = each_value(constant, [&](std::uint64_t bits) {
    values.push_back(from_bits(bits, type));
    finite = finite && std::isfinite(values.back());
  });
  if (!complete) return refused(constant, std::to_string(constant.count) + " values", "another number of them");
  if (!finite) return refused(constant, "finite numbers", "infinite ones, or what is no number");
  return values;
}

Result<std::vector<std::int64_t>> integers_of(const OnnxConstant& constant) {
  const auto type = static_cast<DataType>(constant.type);
  if (type != DataType::kInt64 && type != DataType::kInt32) {
    return refused(constant, "whole numbers", "data type " + std::to_string(constant.type), Problem::kNeedsPlatform);
  }
  std::vector<std::int64_t> values;
  const bool complete = each_value(constant, [&](std::uint64_t bits) {
    values.push_back(type == DataType::kInt64 ? static_cast<std::int64_t>(bits)
                                              : static_cast<std::int32_t>(static_cast<std::uint32_t>(bits)));
  });
  if (!complete) return refused(constant, std::to_string(constant.count) + " values", "another number of them");
  return values;
}

}  // namespace catdog::network
