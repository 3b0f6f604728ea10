#include "inference/onnx_header.h"

#include <algorithm>
#include <functional>
#include <stdexcept>

namespace catdog {
namespace {

// ONNX files are protocol buffers (developers.google.com/protocol-buffers/docs/encoding): fields of a number and a
// value. Field numbers are those of onnx.proto.
struct Field {
  std::uint64_t number = 0;
  std::uint64_t value = 0;  // of a plain number
  Bytes bytes;              // of a text or a nested message
};

class FieldReader {
 public:
  explicit FieldReader(Bytes message) : at_(message.data), end_(message.data + message.size) {}

  bool next(Field& field) {
    if (at_ == end_) return false;
    const std::uint64_t key = number();
    field = {key >> 3, 0, {}};
    switch (key & 7) {
      case 0: field.value = number(); break;
      case 1: take(8); break;
      case 2: {
        const std::uint64_t length = number();
        field.bytes = {at_, static_cast<std::size_t>(length)};
        take(length);
        break;
      }
      case 5: take(4); break;
      default: damaged();
    }
    return true;
  }

 private:
  [[noreturn]] static void damaged() {
    throw std::runtime_error("expected an ONNX model, found other or damaged bytes");
  }

  void take(std::uint64_t length) {
    if (length > static_cast<std::uint64_t>(end_ - at_)) damaged();
    at_ += length;
  }
  std::uint64_t number() {  // 7 bits a byte, the lowest first
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at_ == end_) damaged();
      const std::uint8_t byte = *at_++;
      value |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return value;
    }
    damaged();
  }

  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

using Visit = std::function<void(const Field&)>;

void each_field(Bytes message, const Visit& visit) {
  FieldReader reader(message);
  for (Field field; reader.next(field);) visit(field);
}

// Calls `visit` for every nested message or text with that number.
void each_nested(Bytes message, std::uint64_t number, const Visit& visit) {
  each_field(message, [&](const Field& field) {
    if (field.number == number && field.bytes.data) visit(field);
  });
}

std::string text_of(const Field& field) { return {reinterpret_cast<const char*>(field.bytes.data), field.bytes.size}; }

// ValueInfoProto: name 1, type 2 { tensor_type 1 { elem_type 1, shape 2 { dim 1 { dim_value 1 | dim_param 2 } } } }
OnnxTensor read_value_info(Bytes message) {
  OnnxTensor tensor;
  each_nested(message, 1, [&](const Field& name) { tensor.name = text_of(name); });
  each_nested(message, 2, [&](const Field& type) {
    each_nested(type.bytes, 1, [&](const Field& tensor_type) {
      each_field(tensor_type.bytes, [&](const Field& field) {
        if (field.number == 1) tensor.type = static_cast<int>(field.value);
        if (field.number != 2) return;
        each_nested(field.bytes, 1, [&](const Field& dimension) {
          tensor.shape.push_back(kSymbolic);
          each_field(dimension.bytes, [&](const Field& side) {
            if (side.number == 1) tensor.shape.back() = static_cast<std::int64_t>(side.value);
          });
        });
      });
    });
  });
  return tensor;
}

// TensorProto: dims 1 (packed or not; not needed here), data_type 2, name 8.
OnnxTensor read_weight(Bytes message) {
  OnnxTensor tensor;
  each_field(message, [&](const Field& field) {
    if (field.number == 2) tensor.type = static_cast<int>(field.value);
    if (field.number == 8) tensor.name = text_of(field);
  });
  return tensor;
}

}  // namespace

OnnxHeader read_onnx_header(Bytes file) {
  OnnxHeader header;
  bool graph_seen = false;
  each_nested(file, 7, [&](const Field& graph) {  // ModelProto.graph
    graph_seen = true;
    each_field(graph.bytes, [&](const Field& field) {
      if (field.number == 5) header.weights.push_back(read_weight(field.bytes));
      if (field.number == 11) header.inputs.push_back(read_value_info(field.bytes));
      if (field.number == 12) header.outputs.push_back(read_value_info(field.bytes));
    });
  });
  if (!graph_seen) throw std::runtime_error("expected an ONNX model, found no graph in it");
  const auto is_weight = [&](const OnnxTensor& input) {
    return std::any_of(header.weights.begin(), header.weights.end(),
                       [&](const OnnxTensor& weight) { return weight.name == input.name; });
  };
  header.inputs.erase(std::remove_if(header.inputs.begin(), header.inputs.end(), is_weight), header.inputs.end());
  return header;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t side : shape) {
    text += (text.empty() ? "" : "×") + (side == kSymbolic ? std::string("N") : std::to_string(side));
  }
  return text.empty() ? "no shape" : text;
}

}  // namespace catdog
