// The wire format of protocol buffers, as far as ONNX files use it
// (https://protobuf.dev/programming-guides/encoding/).
#pragma once

#include <cstdint>
#include <string>

#include "catdog/bytes.h"

namespace catdog::network {

// One field of a message. Which of `number` and `bytes` holds its value depends on the type.
struct Field {
  enum class Type { kVarint, kFixed64, kBytes, kFixed32 };
  std::uint32_t id = 0;
  Type type = Type::kVarint;
  std::uint64_t number = 0;  // the bits of a varint or of a fixed value
  Bytes bytes;               // of a string, a message or a packed list

  std::int64_t integer() const { return static_cast<std::int64_t>(number); }
  float real() const;  // of a kFixed32
  std::string text() const { return {reinterpret_cast<const char*>(bytes.data), bytes.size}; }
};

// Goes through the fields of a message, or through the values of a packed list. Every length is checked against what is
// left; nothing is copied.
class WireReader {
 public:
  explicit WireReader(Bytes message) : at_(message.data), end_(message.data + message.size) {}

  // False at the end, and where the bytes are damaged.
  bool next(Field& field);
  bool next_varint(std::uint64_t& value);
  bool next_fixed32(std::uint32_t& value);
  bool next_fixed64(std::uint64_t& value);

  // Whether what has been read was sound.
  bool sound() const { return sound_; }
  bool at_end() const { return at_ == end_; }

 private:
  bool damaged() {
    sound_ = false;
    return false;
  }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

  const std::uint8_t* at_;
  const std::uint8_t* end_;
  bool sound_ = true;
};

}  // namespace catdog::network
