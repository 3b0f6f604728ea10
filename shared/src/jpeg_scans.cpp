#include "jpeg_scans.h"

#include <algorithm>
#include <cstring>

namespace catdog {
namespace {

constexpr std::uint8_t kEndOfImage = 0xD9, kStartOfScan = 0xDA;

// Neither a stuffed 0xFF of a scan's data, nor a fill byte, nor a restart inside of a scan.
bool begins_segment(std::uint8_t code) { return code != 0x00 && code != 0xFF && (code < 0xD0 || code > 0xD7); }

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

// `header`: after a scan's marker: length (2 bytes), components (1), of each its id and tables (2), first coefficient
// (1) …
bool is_fine(const std::uint8_t* header, std::size_t length, const ComponentSet& coarse) {
  return length >= 8 && header[2] == 1 && header[5] > 0 && coarse[header[3]];
}

}  // namespace

std::size_t without_fine_scans(Bytes rest, const ComponentSet& coarse, std::uint8_t* out) {
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
      fine = is_fine(rest.data + marker + 2, length, coarse);
      if (fine) at = end;
    }
    copy_until(end);
  }
  copy_until(rest.size);
  return written;
}

}  // namespace catdog
