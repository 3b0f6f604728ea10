// The size that an AV1 picture says of itself, whatever the file around it promises.
#pragma once

#include <cstdint>
#include <optional>

#include "catdog/bytes.h"

namespace catdog {

struct Av1Size {
  std::uint64_t width = 0, height = 0;  // of the largest frame, in pixels; at least 1
};

// `data`: the first bytes of the picture's data. Nothing where no sequence header (AV1 specification, 5.5) is whole in
// them.
std::optional<Av1Size> av1_size(Bytes data);

}  // namespace catdog
