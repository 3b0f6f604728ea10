// A view of somebody else's bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace catdog {

struct Bytes {
  const std::uint8_t* data = nullptr;
  std::size_t size = 0;
};

}  // namespace catdog
