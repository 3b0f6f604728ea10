#include "jpeg_huffman.h"

#include <algorithm>

namespace catdog {

void BitReader::refill_bytewise() {
  bits_ &= ~(~std::uint64_t{0} >> count_);
  for (; count_ < 56; count_ += 8) {
    const std::ptrdiff_t left = end_ - at_;
    const bool is_stuffed = left > 1 && at_[0] == 0xFF && at_[1] == 0;
    if (!is_stuffed && (left == 0 || at_[0] == 0xFF)) {
      padding_ += 8;
      continue;
    }
    bits_ |= std::uint64_t{at_[0]} << (56 - count_);
    at_ += is_stuffed ? 2 : 1;
  }
}

bool HuffmanTable::build(const HuffmanCode& code) {
  symbols_ = code.symbols;
  std::uint32_t next = 0;  // code, of `length` bits
  int index = 0;
  for (int length = 1; length <= 16; ++length) {
    const int count = code.counts[length - 1];
    offsets_[length] = index - static_cast<int>(next);
    next += static_cast<std::uint32_t>(count);
    index += count;
    if (index > 256 || (count > 0 && next >= 1u << length)) return false;
    ends_[length] = next << (16 - length);
    next <<= 1;
  }
  for (unsigned bits = 0; bits < entries_.size(); ++bits) {
    Entry& entry = entries_[bits];
    entry = {};
    int length = 0;
    const int symbol = symbol_of(bits << (16 - kBits), length);
    const int size = symbol & 15;
    if (symbol < 0 || length + size > kBits) continue;
    const unsigned value = bits >> (kBits - length - size) & ((1u << size) - 1);
    entry.value = static_cast<std::int16_t>(extend(value, size));
    entry.run = static_cast<std::uint8_t>(size == 0 && symbol != 0xF0 ? kEnd : symbol >> 4);
    entry.length = static_cast<std::uint8_t>(length + size);
  }
  return true;
}

int HuffmanTable::symbol_of(unsigned bits, int& length) const {
  for (length = 1; length <= 16; ++length) {
    if (bits < ends_[length]) {
      return symbols_[static_cast<unsigned>(static_cast<int>(bits >> (16 - length)) + offsets_[length]) & 255];
    }
  }
  return kInvalid;
}

void SkipTable::build(const HuffmanTable& table) {
  // First the one symbol that each entry begins with.
  for (unsigned bits = 0; bits < entries_.size(); ++bits) {
    int length = 0;
    const int symbol = table.symbol_of(bits << (16 - kBits), length);
    const unsigned size = symbol & 15, run = static_cast<unsigned>(symbol) >> 4;
    unsigned advance = run + 1;
    if (symbol < 0 || length > kBits) {
      advance = kLonger;
    } else if (size == 0 && run != 15) {
      advance = kLast;
    } else if (length + static_cast<int>(size) > kBits) {
      advance += kLong;
    }
    entries_[bits] = static_cast<std::uint16_t>((static_cast<unsigned>(length) + size) | advance << kAdvanceShift);
  }
  // Then those behind it, while they lie in the look-up and in a block.
  const std::array<std::uint16_t, 1 << kBits> first = entries_;
  for (unsigned bits = 0; bits < entries_.size(); ++bits) {
    unsigned entry = entries_[bits];
    while (entry >> kAdvanceShift < kLast) {
      const unsigned length = entry & kLengthMask;
      const unsigned more = first[bits << length & (entries_.size() - 1)];
      const unsigned advance = (entry + more) >> kAdvanceShift;
      if (length + (more & kLengthMask) > kBits || (advance >= kLast && more >> kAdvanceShift != kLast)) break;
      entry += more;
    }
    entries_[bits] = static_cast<std::uint16_t>(entry);
  }
}

}  // namespace catdog
