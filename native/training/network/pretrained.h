// Networks that were trained on something else before, to start from.
#pragma once

#include <string>

#include "training/network/weights.h"

namespace catdog {

struct Pretrained {
  std::string digest;  // of the file, SHA-256
  Weights weights;  // by our names; those of the pretrained head are "pretrained_head.weight", "pretrained_head.bias"
  int classes() const { return static_cast<int>(weights.at("pretrained_head.weight").shape.at(0)); }
};

// Reads the arrays that scripts/pretrained made: NAME is a known set of weights ("imagenet", in pretrained/imagenet
// below the current folder, checked by its hash), or a file in the safetensors format.
// Throws std::runtime_error naming the file, what was expected and what was found.
Pretrained read_pretrained(const std::string& name, const std::string& network);

// `spec` with these weights and its normalisations folded away; the heads of this data set are zero, so that training
// starts undecided. Throws std::runtime_error where a layer's weights are missing or of another shape.
PlainNetwork start_from(const Pretrained& pretrained, const NetworkSpec& spec);

}  // namespace catdog
