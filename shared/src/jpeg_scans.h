// The scans of a progressive JPEG file.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "catdog/bytes.h"

namespace catdog {

// Indexed by a component's id, as in ITU-T T.81.
using ComponentSet = std::array<bool, 256>;

// Copies what follows the header of a JPEG's first scan, but without the scans that refine one of `coarse` beyond the
// mean of its blocks (AC coefficients, T.81 annex G). `out`: room for rest.size bytes. Returns how many were written.
// Any bytes are valid: from where they make no sense they are copied as they are.
std::size_t without_fine_scans(Bytes rest, const ComponentSet& coarse, std::uint8_t* out);

}  // namespace catdog
