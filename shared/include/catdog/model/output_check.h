// Whether what a network said of a photo are probabilities at all. For every output of every photo, whichever engine
// ran.
#pragma once

#include <cstddef>
#include <string>

#include "catdog/photo/image.h"

namespace catdog {

inline constexpr double kSumTolerance = 1e-3;  // of a photo's probabilities, from 1

// `probabilities`: `count` values; `presence`: kSurelyPresent where the network does not say. Empty where each is in
// [0, 1] and the probabilities add up to 1; else "expected …, found …".
std::string problem_with_outputs(const float* probabilities, std::size_t count, float presence);

// What a network is tried on before the first photo: size × size, no two places alike. Without pixels where the memory
// cannot be had.
Image trial_picture(int size);

}  // namespace catdog
