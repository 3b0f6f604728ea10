#include "av1_size.h"

#include <cstddef>

namespace catdog {
namespace {

class BitReader {
 public:
  explicit BitReader(Bytes bytes) : bytes_(bytes) {}

  // The next `count` bits, at most 32, the highest first; 0 behind the end.
  std::uint32_t bits(int count) {
    std::uint32_t value = 0;
    for (int i = 0; i < count; ++i, ++at_) {
      const bool one = at_ < 8 * bytes_.size && (bytes_.data[at_ / 8] >> (7 - at_ % 8) & 1) != 0;
      value = value << 1 | (one ? 1U : 0U);
    }
    return value;
  }

  bool flag() { return bits(1) != 0; }

  // A number that is written as so many zeros, a one, and as many bits (4.10.3); its value does not matter here.
  void skip_variable_length() {
    int zeros = 0;
    while (zeros < 32 && !is_past_end() && !flag()) ++zeros;
    bits(zeros < 32 ? zeros : 0);
  }

  bool is_past_end() const { return at_ > 8 * bytes_.size; }

 private:
  Bytes bytes_;
  std::size_t at_ = 0;  // in bits
};

// timing_info and decoder_model_info; gives how long the buffer delays of operating points are, 0 where there are none.
int skip_timing(BitReader& reader) {
  if (!reader.flag()) return 0;
  reader.bits(32);
  reader.bits(32);
  if (reader.flag()) reader.skip_variable_length();
  if (!reader.flag()) return 0;
  const auto delay_bits = static_cast<int>(reader.bits(5)) + 1;
  reader.bits(32);
  reader.bits(10);
  return delay_bits;
}

void skip_operating_points(BitReader& reader) {
  const int delay_bits = skip_timing(reader);
  const bool has_display_delay = reader.flag();
  const std::uint32_t points = reader.bits(5) + 1;
  for (std::uint32_t i = 0; i < points; ++i) {
    reader.bits(12);
    if (reader.bits(5) > 7) reader.bits(1);
    if (delay_bits > 0 && reader.flag()) {
      reader.bits(delay_bits);
      reader.bits(delay_bits);
      reader.bits(1);
    }
    if (has_display_delay && reader.flag()) reader.bits(4);
  }
}

std::optional<Av1Size> sequence_header(Bytes header) {
  BitReader reader(header);
  reader.bits(4);  // profile, still picture
  if (reader.flag()) {
    reader.bits(5);
  } else {
    skip_operating_points(reader);
  }
  const auto width_bits = static_cast<int>(reader.bits(4)) + 1;
  const auto height_bits = static_cast<int>(reader.bits(4)) + 1;
  const std::uint64_t width = std::uint64_t{reader.bits(width_bits)} + 1;
  const std::uint64_t height = std::uint64_t{reader.bits(height_bits)} + 1;
  if (reader.is_past_end()) return std::nullopt;
  return Av1Size{width, height};
}

}  // namespace

std::optional<Av1Size> av1_size(Bytes data) {
  constexpr int kSequenceHeader = 1;
  for (std::size_t at = 0; at < data.size;) {
    const std::uint8_t head = data.data[at];
    at += (head & 4) != 0 ? 2 : 1;  // with an extension
    const int type = head >> 3 & 15;
    std::size_t length = data.size > at ? data.size - at : 0;
    if ((head & 2) != 0) {  // else it reaches to the end
      std::uint64_t stated = 0;
      bool more = true;
      for (int i = 0; more && i < 8 && at < data.size; ++i, ++at) {
        stated |= std::uint64_t{data.data[at] & 0x7FU} << (7 * i);
        more = (data.data[at] & 0x80) != 0;
      }
      length = data.size > at ? data.size - at : 0;
      if (stated < length) length = static_cast<std::size_t>(stated);
    }
    if (at > data.size) return std::nullopt;
    if (type == kSequenceHeader) return sequence_header({data.data + at, length});
    at += length;
  }
  return std::nullopt;
}

}  // namespace catdog
