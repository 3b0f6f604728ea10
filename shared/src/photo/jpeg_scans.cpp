#include "jpeg_scans.h"

#include <algorithm>
#include <cstring>

namespace catdog {
namespace {

constexpr int kCoefficients = 64;
constexpr std::uint8_t kEndOfImage = 0xD9, kStartOfScan = 0xDA;

// How exactly the coefficients are known after some scans.
class Precision {
 public:
  void add(const JpegScan& scan) {
    for (int i = 0; i < scan.count; ++i) {
      for (int k = scan.first; k <= std::min(scan.last, kCoefficients - 1); ++k) {
        lowest_bit_[scan.components[i]][k] = static_cast<std::uint8_t>(scan.lowest_bit + 1);
      }
    }
  }

  bool is_complete(const ComponentSet& components) const {
    for (std::size_t id = 0; id < components.size(); ++id) {
      const auto& bits = lowest_bit_[id];
      if (components[id] && std::any_of(bits.begin(), bits.end(), [](int bit) { return bit != 1; })) return false;
    }
    return true;
  }

 private:
  std::array<std::array<std::uint8_t, kCoefficients>, 256> lowest_bit_{};  // plus 1; 0: unknown
};

// Neither a stuffed 0xFF of a scan's data, nor a fill byte, nor a marker without a segment inside of a scan.
bool begins_segment(std::uint8_t code) { return code > 0x01 && code != 0xFF && (code < 0xD0 || code > 0xD7); }

// Where the next marker's 0xFF is; `rest.size` where there is none.
std::size_t next_marker(Bytes rest, std::size_t at) {
  while (at + 1 < rest.size) {
    const auto* found = static_cast<const std::uint8_t*>(std::memchr(rest.data + at, 0xFF, rest.size - 1 - at));
    if (!found) break;
    at = static_cast<std::size_t>(found - rest.data);
    if (begins_segment(rest.data[at + 1])) return at;
    ++at;
  }
  return rest.size;
}

// `header`: of `length` bytes, after the marker: the length (2), the number of components (1), of each its id and its
// tables (2), the first and the last coefficient (2), a nibble of what is known already and one of the lowest bit.
JpegScan read_scan(const std::uint8_t* header, std::size_t length) {
  JpegScan scan;
  const int count = length > 2 ? header[2] : 0;
  if (count < 1 || count > 4 || length != 6u + 2 * count) return scan;
  scan.count = count;
  for (int i = 0; i < count; ++i) scan.components[i] = header[3 + 2 * i];
  scan.first = header[length - 3];
  scan.last = header[length - 2];
  scan.lowest_bit = header[length - 1] & 15;
  return scan;
}

}  // namespace

std::size_t without_fine_scans(Bytes rest, const JpegScan& begun, const ComponentSet& all, const ComponentSet& coarse,
                               std::uint8_t* out) {
  Precision precision;
  precision.add(begun);
  std::size_t at = 0, written = 0;
  const auto copy_until = [&](std::size_t end) {
    std::copy(rest.data + at, rest.data + end, out + written);
    written += end - at;
    at = end;
  };
  for (bool fine = false;;) {
    const std::size_t marker = next_marker(rest, at);
    if (fine) at = marker;
    copy_until(marker);
    const std::size_t left = rest.size - marker;
    const std::size_t length = left < 4 ? 0 : rest.data[marker + 2] * 256u + rest.data[marker + 3];
    if (length < 2 || length > left - 2 || rest.data[marker + 1] == kEndOfImage) break;
    const std::size_t end = marker + 2 + length;
    if (rest.data[marker + 1] == kStartOfScan) {
      const JpegScan scan = read_scan(rest.data + marker + 2, length);
      precision.add(scan);
      fine = scan.count == 1 && scan.first > 0 && coarse[scan.components[0]];
      if (fine) at = end;
    }
    copy_until(end);
  }
  copy_until(rest.size);
  return precision.is_complete(all) ? written : 0;
}

}  // namespace catdog
