// The chunks of a WebP file (RFC 9649, section 2).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "catdog/bytes.h"

namespace catdog {

// Calls visit(name, content) for each chunk behind "RIFF", the size and "WEBP", until it returns false; the last may be
// cut off. `file` begins so.
template <class Visit>
void each_webp_chunk(Bytes file, Visit visit) {
  for (std::size_t at = 12; at + 8 <= file.size;) {
    const std::uint8_t* d = file.data + at;
    const std::size_t length = d[4] | std::size_t{d[5]} << 8 | std::size_t{d[6]} << 16 | std::size_t{d[7]} << 24;
    const std::size_t there = std::min(length, file.size - at - 8);
    if (!visit(std::string_view(reinterpret_cast<const char*>(d), 4), Bytes{d + 8, there})) return;
    at += 8 + there + (there & 1);  // filled up to an even number
  }
}

}  // namespace catdog
