// The scans of a progressive JPEG file (ITU-T T.81, annex G).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "catdog/bytes.h"

namespace catdog {

// Indexed by a component's id.
using ComponentSet = std::array<bool, 256>;

// Which coefficients of its components' blocks a scan gives, and how exactly.
struct JpegScan {
  int count = 0;                             // of components; 0: a header that makes no sense
  std::array<std::uint8_t, 4> components{};  // their ids
  int first = 0, last = 0;                   // coefficients; 0 is a block's mean, 63 its finest
  int lowest_bit = 0;
};

// Copies the data of the scan `begun`, and all that follows it in a file, but without the scans that refine one of
// `coarse` beyond the means of its blocks. `out`: room for rest.size bytes.
// Returns how many were written; 0 where the file does not give every coefficient of `all` its components to the last
// bit: libjpeg then smooths the blocks, for which it must see what there is.
// Any bytes are valid: from where they make no sense they are copied as they are.
std::size_t without_fine_scans(Bytes rest, const JpegScan& begun, const ComponentSet& all, const ComponentSet& coarse,
                               std::uint8_t* out);

}  // namespace catdog
