// The bits of a JPEG's entropy-coded data (ITU-T T.81, F.2.2.5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "catdog/bytes.h"

namespace catdog {

// Reads one segment after the other; segments end at markers. Beyond a segment's end there are zeros.
class BitReader {
 public:
  explicit BitReader(Bytes data)
      : at_(data.data), end_(data.data + data.size), last_eight_(data.size < 8 ? data.data : end_ - 7) {}

  // Makes sure of 56 bits.
  void refill() {
    if (at_ < last_eight_) {
      const std::uint64_t next = eight_bytes();
      if (!has_ff(next)) {
        // Those of the bits that are there already come again.
        bits_ |= next >> count_;
        at_ += (63 - count_) >> 3;
        count_ |= 56;
        return;
      }
    }
    BitReader copy = *this;  // so that this one can stay in registers
    copy.refill_bytewise();
    *this = copy;
  }

  // Makes sure of 31 bits: a code (16 at most) and its value (15).
  void refill_for_symbol() {
    if (count_ < 31) refill();
  }

  // The next 1 to 32 bits.
  unsigned peek(unsigned count) const { return static_cast<unsigned>(bits_ >> (64 - count)); }
  void skip(unsigned count) {
    bits_ <<= count;
    count_ -= count;
  }
  // The next 0 to 15 bits.
  unsigned read(unsigned count) {
    const auto bits = static_cast<unsigned>(bits_ >> 1 >> (63 - count));
    skip(count);
    return bits;
  }

  // More was read than the segment holds.
  bool is_overrun() const { return count_ < padding_; }

  // All of the segment was read, but for bits that fill its last byte, and the marker 0xFF `code` follows: goes to
  // the segment behind it. False otherwise.
  bool pass_marker(std::uint8_t code) {
    if (is_overrun() || count_ - padding_ > 7 || end_ - at_ < 2 || at_[0] != 0xFF || at_[1] != code) return false;
    *this = BitReader({at_ + 2, static_cast<std::size_t>(end_ - at_ - 2)});
    return true;
  }

 private:
  static bool has_ff(std::uint64_t bytes) {
    return ((~bytes - 0x0101010101010101u) & bytes & 0x8080808080808080u) != 0;
  }

  std::uint64_t eight_bytes() const {
    std::uint64_t bytes = 0;
#ifdef __wasm_simd128__
    // WebAssembly cannot turn the bytes of a number around in one instruction, but those of a vector.
    using Vector = std::uint8_t __attribute__((vector_size(16)));
    Vector vector = {};
    std::memcpy(&vector, at_, 8);
    vector = __builtin_shufflevector(vector, vector, 7, 6, 5, 4, 3, 2, 1, 0, 8, 9, 10, 11, 12, 13, 14, 15);
    std::memcpy(&bytes, &vector, 8);
#else
    for (int i = 0; i < 8; ++i) bytes = bytes << 8 | at_[i];  // one load
#endif
    return bytes;
  }

  void refill_bytewise();

  const std::uint8_t* at_;
  const std::uint8_t* end_;
  const std::uint8_t* last_eight_;  // behind the last place where eight bytes are left
  std::uint64_t bits_ = 0;          // the next one is the highest; behind the last one that counts there may be others
  std::uint64_t count_ = 0;         // of bits in bits_ that count, 63 at most
  std::uint64_t padding_ = 0;       // bits that were added beyond the end
};

}  // namespace catdog
