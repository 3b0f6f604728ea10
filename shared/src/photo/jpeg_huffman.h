// The Huffman codes of a baseline JPEG (ITU-T T.81, annexes C and F), as tables to look up.
#pragma once

#include <array>
#include <cstdint>

#include "jpeg_bits.h"

namespace catdog {

// As a file gives it: how many codes have 1, 2, …, 16 bits, and what they mean in the order of their lengths.
struct HuffmanCode {
  std::array<std::uint8_t, 16> counts{};
  std::array<std::uint8_t, 256> symbols{};
};

// A symbol is a byte: zeros before a coefficient (upper half) and how many bits of its value follow (lower half). 0
// says that no coefficients follow (EOB). In a code for means it is only how many bits follow.
class HuffmanTable {
 public:
  // A code, and the value behind it where both fit into the look-up.
  struct Entry {
    std::int16_t value = 0;
    std::uint8_t run = 0;     // zeros before the value; kEnd: no coefficients follow
    std::uint8_t length = 0;  // of the code and the value, in bits; 0: longer than the look-up
  };
  static constexpr int kBits = 10;
  static constexpr std::uint8_t kEnd = 64;
  static constexpr int kInvalid = -1;

  // False where the counts are no prefix code, or leave the code of nothing but ones to a symbol.
  bool build(const HuffmanCode& code);

  const Entry& look_up(const BitReader& in) const { return entries_[in.peek(kBits)]; }

  // The next symbol, whatever its length; kInvalid where no code begins like that. Needs 16 bits.
  int read_symbol(BitReader& in) const;

  // The symbol of the first of these 16 bits, and the length of its code; kInvalid as above.
  int symbol_of(unsigned bits, int& length) const;

 private:
  std::array<Entry, 1 << kBits> entries_{};
  std::array<std::uint32_t, 17> ends_{};  // the first 16 bits beyond the codes of so many bits or fewer
  std::array<int, 17> offsets_{};         // from a code of so many bits to its index
  std::array<std::uint8_t, 256> symbols_{};
};

// A value of `size` (0 to 15) bits, of which the upper half of the range is positive.
inline int extend(unsigned bits, int size) {
  return size > 0 && bits < 1u << (size - 1) ? static_cast<int>(bits) - (1 << size) + 1 : static_cast<int>(bits);
}

// Many symbols of coefficients at a time, for blocks of which only the mean is shown.
class SkipTable {
 public:
  static constexpr int kBits = 13;

  void build(const HuffmanTable& table);

  // Goes over the coefficients of one block. False where they are damaged.
  bool skip_block(BitReader& in, const HuffmanTable& table) const;

 private:
  static constexpr unsigned kLengthBits = 5, kAdvanceBits = 7, kLast = 1u << (kLengthBits + kAdvanceBits);
  static constexpr unsigned kTooFar = 127;  // coefficients: more than a block has, so that symbols are read one by one

  std::array<std::uint16_t, 1 << kBits> entries_{};  // bits, coefficients, whether the block ends
};

inline bool SkipTable::skip_block(BitReader& in, const HuffmanTable& table) const {
  for (int k = 1; k < 64;) {
    in.refill();
    const unsigned entry = entries_[in.peek(kBits)];
    const int next = k + static_cast<int>(entry >> kLengthBits & kTooFar);
    if (next < 64) {
      in.skip(static_cast<int>(entry & ((1u << kLengthBits) - 1)));
      if (entry & kLast) return true;
      k = next;
      continue;
    }
    const int symbol = table.read_symbol(in);
    if (symbol <= 0) return symbol == 0;
    const int size = symbol & 15, run = symbol >> 4;
    if (size == 0 && run != 15) return true;
    in.skip(size);
    k += run + 1;
    if (k > 64) return false;
  }
  return true;
}

}  // namespace catdog
