// Pictures of where the network looked.
#pragma once

#include <cstdint>
#include <vector>

#include "inference/network.h"

namespace catdog {

// Where the signs are that speak for `class_id` rather than for the other classes: the map's values for it less the
// mean of the others', at least 0, divided by the greatest. One value from 0 to 1 for each place, row by row.
std::vector<float> heat_of(const ActivationMap& map, int class_id);

// The picture that the network saw, coloured by heat. `tensor`: 3 × size × size values. Gives the bytes of a PNG.
std::vector<std::uint8_t> heat_picture(const std::vector<float>& tensor, int size, const ActivationMap& map,
                                       int class_id);

}  // namespace catdog
