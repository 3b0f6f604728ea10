// Pictures of where the network looked.
#pragma once

#include <cstdint>
#include <vector>

#include "catdog/network/network.h"

namespace catdog {

// The picture that the network saw, coloured where the class's signs are (class_activation). `map`: with one place at
// least, and the class. Gives the bytes of a PNG.
std::vector<std::uint8_t> heat_picture(const Image& picture, const network::ActivationMap& map, int class_id);

}  // namespace catdog
