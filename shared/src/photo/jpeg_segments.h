// The segments of a JPEG file in front of its first scan (ITU-T T.81, B.1.1).
#pragma once

#include <cstddef>
#include <cstdint>

#include "catdog/bytes.h"

namespace catdog {

// Calls visit(marker, content) for each whole segment until it returns false. `file` begins with FF D8.
template <class Visit>
void each_jpeg_segment(Bytes file, Visit visit) {
  for (std::size_t at = 2; at + 4 <= file.size;) {
    if (file.data[at] != 0xFF) return;
    const std::uint8_t marker = file.data[at + 1];
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    if (marker == 0xDA || marker == 0xD9) return;                // start of scan, end of image
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {  // markers without a length
      at += 2;
      continue;
    }
    const std::size_t length = static_cast<std::size_t>(file.data[at + 2] << 8 | file.data[at + 3]);
    if (length < 2 || at + 2 + length > file.size) return;
    if (!visit(marker, Bytes{file.data + at + 4, length - 2})) return;
    at += 2 + length;
  }
}

}  // namespace catdog
