#include "jpeg_huffman.h"

#include <algorithm>

namespace catdog {

BitReader BitReader::refilled_bytewise(BitReader in) {
  while (in.count_ <= 56) {
    const std::ptrdiff_t left = in.end_ - in.at_;
    if (left > 0 && in.at_[0] != 0xFF) {
      in.bits_ |= std::uint64_t{in.at_[0]} << (56 - in.count_);
      in.at_ += 1;
    } else if (left > 1 && in.at_[1] == 0) {
      in.bits_ |= std::uint64_t{0xFF} << (56 - in.count_);
      in.at_ += 2;
    } else {
      in.padding_ += 8;
    }
    in.count_ += 8;
  }
  return in;
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

int HuffmanTable::read_symbol(BitReader& in) const {
  int length = 0;
  const int symbol = symbol_of(in.peek(16), length);
  if (symbol >= 0) in.skip(length);
  return symbol;
}

void SkipTable::build(const HuffmanTable& table) {
  // First the one symbol that each entry begins with, in the same form.
  for (unsigned bits = 0; bits < entries_.size(); ++bits) {
    int length = 0;
    const int symbol = table.symbol_of(bits << (16 - kBits), length);
    if (symbol < 0 || length > kBits) {
      entries_[bits] = kTooFar << kLengthBits;
      continue;
    }
    const unsigned size = symbol & 15, run = static_cast<unsigned>(symbol) >> 4;
    const bool last = size == 0 && run != 15;
    const unsigned advance = last ? 0 : run + 1;
    entries_[bits] = static_cast<std::uint16_t>((length + size) | advance << kLengthBits | (last ? kLast : 0));
  }
  const std::array<std::uint16_t, 1 << kBits> first = entries_;
  constexpr unsigned kLengthMask = (1u << kLengthBits) - 1;
  for (unsigned bits = 0; bits < entries_.size(); ++bits) {
    unsigned entry = entries_[bits];
    while ((entry & kLast) == 0) {
      const unsigned length = entry & kLengthMask;
      if (length >= kBits) break;
      const unsigned more = first[bits << length & (entries_.size() - 1)];
      const unsigned advance = (entry >> kLengthBits & kTooFar) + (more >> kLengthBits & kTooFar);
      if (length + (more & kLengthMask) > kBits || advance >= 64) break;
      entry = (length + (more & kLengthMask)) | advance << kLengthBits | (more & kLast);
    }
    entries_[bits] = static_cast<std::uint16_t>(entry);
  }
}

}  // namespace catdog
