// The chunks of a PNG file (PNG specification, third edition, section 5).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "catdog/bytes.h"
#include "catdog/result.h"

namespace catdog {

// What is wrong with the row of chunks up to IEND: the file ends in it, or a critical chunk is of a kind that no
// decoder here knows. (stb_image would put the name of such a chunk, as it is in the file, into a text that all threads
// share.) `file` begins with a PNG's signature. Nothing of what the chunks hold is looked at.
std::optional<Error> check_png_chunks(Bytes file);

// Calls visit(name, content) for each whole chunk until it returns false. `file` begins with a PNG's signature.
template <class Visit>
void each_png_chunk(Bytes file, Visit visit) {
  for (std::size_t at = 8; at + 12 <= file.size;) {
    const std::uint8_t* d = file.data + at;
    const std::size_t length = std::size_t{d[0]} << 24 | d[1] << 16 | d[2] << 8 | d[3];
    if (length > file.size - at - 12) return;
    if (!visit(std::string_view(reinterpret_cast<const char*>(d) + 4, 4), Bytes{d + 8, length})) return;
    at += 12 + length;
  }
}

}  // namespace catdog
