// Weights of half precision, for engines that do not read them.
#pragma once

#include <cstdint>
#include <vector>

#include "catdog/bytes.h"

namespace catdog {

// The same ONNX model with weights of half precision as float32 (OpenCV 4.6 does not read halves): the Cast nodes that
// widen them are gone. Throws std::runtime_error where the bytes are no ONNX model.
std::vector<std::uint8_t> with_wide_weights(Bytes file);

}  // namespace catdog
