// The bits of a JPEG's entropy-coded data (ITU-T T.81, F.2.2.5).
#pragma once

#include <cstddef>
#include <cstdint>

#include "catdog/bytes.h"

namespace catdog {

// Reads one segment after the other; segments end at markers. Beyond a segment's end there are zeros.
class BitReader {
 public:
  explicit BitReader(Bytes data) : at_(data.data), end_(data.data + data.size) {}

  // Makes sure of 33 bits: a code (16 at most), its value (15), and more.
  void refill() {
    if (count_ > 32) return;
    if (end_ - at_ >= 4) {
      const std::uint32_t next = std::uint32_t{at_[0]} << 24 | std::uint32_t{at_[1]} << 16 |
                                 std::uint32_t{at_[2]} << 8 | std::uint32_t{at_[3]};
      if (!has_ff(next)) {
        bits_ |= std::uint64_t{next} << (32 - count_);
        count_ += 32;
        at_ += 4;
        return;
      }
    }
    *this = refilled_bytewise(*this);
  }

  // The next 1 to 32 bits.
  unsigned peek(int count) const { return static_cast<unsigned>(bits_ >> (64 - count)); }
  void skip(int count) {
    bits_ <<= count;
    count_ -= count;
  }
  // The next 0 to 15 bits.
  unsigned read(int count) {
    const unsigned bits = static_cast<unsigned>(bits_ >> 1 >> (63 - count));
    skip(count);
    return bits;
  }

  // More was read than the segment holds.
  bool is_overrun() const { return count_ < padding_; }

  // All of the segment was read, but for bits that fill its last byte, and the marker 0xFF `code` follows: goes to
  // the segment behind it. False otherwise.
  bool pass_marker(std::uint8_t code) {
    const int left = count_ - padding_;
    if (left < 0 || left > 7 || end_ - at_ < 2 || at_[0] != 0xFF || at_[1] != code) return false;
    *this = BitReader({at_ + 2, static_cast<std::size_t>(end_ - at_ - 2)});
    return true;
  }

 private:
  static bool has_ff(std::uint32_t bytes) { return ((~bytes - 0x01010101u) & bytes & 0x80808080u) != 0; }

  // By value, so that the reader can stay in registers where nothing is slow.
  static BitReader refilled_bytewise(BitReader in);

  const std::uint8_t* at_;
  const std::uint8_t* end_;
  std::uint64_t bits_ = 0;  // the next one is the highest
  int count_ = 0;           // of bits in bits_
  int padding_ = 0;         // bits that were added beyond the end
};

}  // namespace catdog
