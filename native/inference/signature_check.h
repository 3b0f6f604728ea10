// Whether a bundle's network has the inputs and outputs that its card states.
#pragma once

#include "model/bundle.h"

namespace catdog {

// Throws std::runtime_error naming the file, the part that does not fit, what was expected and what was found: names
// and shapes of the network's input and outputs.
void check_signature(const ModelBundle& bundle);

}  // namespace catdog
