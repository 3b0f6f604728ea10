// What must be known or changed of an ONNX file before OpenCV 4.6 reads it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catdog/bytes.h"

namespace catdog {

// The same ONNX model with weights of half precision as float32 (OpenCV 4.6 does not read halves): the Cast nodes that
// widen them are gone. `further_output`: a tensor within the network that becomes an output too, as OpenCV tells no
// others; empty: none. Throws std::runtime_error where the bytes are no ONNX model.
std::vector<std::uint8_t> with_wide_weights(Bytes file, const std::string& further_output = {});

// What the node reads that makes `output` (the logits of a softmax, say); empty where no node does, or where it reads
// several values. Throws as with_wide_weights.
std::string source_of(Bytes file, const std::string& output);

}  // namespace catdog
