// Where in a photo the signs of a class are, from the map that a network gives.
#pragma once

#include <vector>

#include "catdog/network/network.h"

namespace catdog {

// Where the signs are that speak for `class_id` rather than for the other classes: the map's values for it less the
// mean of the others', at least 0, divided by the greatest. One value from 0 to 1 for each place, row by row; all 0
// where nothing speaks for the class. (A softmax knows only differences of logits, so only those explain a decision.)
// What is not finite counts as 0. Empty where the map has no places or no such class.
std::vector<float> class_activation(const network::ActivationMap& map, int class_id);

}  // namespace catdog
