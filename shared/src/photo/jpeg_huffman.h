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
  int read_symbol(BitReader& in) const {
    int length = 0;
    const int symbol = symbol_of(in.peek(16), length);
    if (symbol >= 0) in.skip(static_cast<unsigned>(length));
    return symbol;
  }

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
  static constexpr int kLookUps = 3;  // for each refill

  void build(const HuffmanTable& table);

  // Goes over the coefficients of one block. False where they are damaged. Needs kLookUps * kBits bits.
  bool skip_block(BitReader& in, const HuffmanTable& table) const;

 private:
  // An entry: bits (lower half) and coefficients (upper half), to which is added what there is beside some symbols that
  // lie in the look-up whole.
  static constexpr unsigned kAdvanceShift = 8, kLengthMask = 63;
  static constexpr unsigned kLast = 64;     // the block ends
  static constexpr unsigned kLong = 128;    // one symbol, whose value reaches beyond the look-up
  static constexpr unsigned kLonger = 255;  // a code that does

  // The look-up moves `k` on; false where it does not lie within the block, or is not that simple.
  bool skip_some(BitReader& in, unsigned& k, unsigned& entry) const {
    entry = entries_[in.peek(kBits)];
    const unsigned next = k + (entry >> kAdvanceShift);
    if (next >= kLast) return false;
    in.skip(entry & kLengthMask);
    k = next;
    return true;
  }

  std::array<std::uint16_t, 1 << kBits> entries_{};
};

[[gnu::always_inline]] inline bool SkipTable::skip_block(BitReader& in, const HuffmanTable& table) const {
  unsigned entry = 0;
  for (unsigned k = 1; k < 64; in.refill()) {
    if (skip_some(in, k, entry) && skip_some(in, k, entry) && skip_some(in, k, entry)) continue;
    const unsigned advance = entry >> kAdvanceShift;
    if (advance < kLong && advance >= kLast && k + advance - kLast < 64) {
      in.skip(entry & kLengthMask);
      return true;
    }
    in.refill();
    if (advance >= kLong && advance < kLonger) {
      in.skip(entry & kLengthMask);
      k += advance - kLong;
    } else {
      const int symbol = table.read_symbol(in);
      if (symbol <= 0) return symbol == 0;
      const int size = symbol & 15, run = symbol >> 4;
      if (size == 0 && run != 15) return true;
      in.skip(static_cast<unsigned>(size));
      k += static_cast<unsigned>(run) + 1;
    }
    if (k > 64) return false;
  }
  return true;
}

}  // namespace catdog
