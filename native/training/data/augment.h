// Random changes to a training picture that leave what it shows the same.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "training/data/random.h"

namespace catdog {

struct Augmentation {
  double least_area = 0.35;   // of the stored picture that a crop keeps
  double most_aspect = 1.33;  // a crop's sides differ at most by this factor
  double most_degrees = 12;   // of rotation, either way
  double brightness = 0.35;   // factors are drawn from 1 ± this
  double contrast = 0.35;
  double saturation = 0.5;
  double grey_chance = 0.05;
  double shrink_chance = 0.15;  // made small and large again: distant, out of focus
  double least_shrink = 0.3;
  double blur_chance = 0.1;
  double most_blur = 0.0105;   // a Gaussian's deviation is a third of this part of the crop's side to all of it
  double jpeg_chance = 0.25;   // saved as a JPEG of quality 25 to 90
  double erase_chance = 0.25;  // of a rectangle of noise-free colour (Zhong et al. 2020, "Random erasing")
  double turn_chance = 0;      // by 90° either way, as of a camera held upright whose file does not say so
  double distance_chance = 0;  // of the whole picture as a part of a wider one: what it shows is small, and anywhere
  double most_area = 2.5;      // of that wider one, in stored pictures
  double cast = 0;             // factors of each colour by itself are drawn from 1 ± this: coloured light
};

// Photos from anywhere, not only like those of the data set: with the last three.
Augmentation wide_augmentation();

// The kinds of change that can be left out.
std::vector<std::string> augmentation_kinds();
// Those changes but for these kinds; throws std::invalid_argument for an unknown one.
Augmentation without(Augmentation changes, const std::vector<std::string>& kinds);

// source: side × side × 3 bytes, RGB. out: crop × crop × 3 floats in [0, 1], RGB.
void augment(const std::uint8_t* source, int side, int crop, const Augmentation& how, Random& random, float* out);

}  // namespace catdog
