// Single colours, for tests of their conversion to sRGB.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>

#include "catdog/bytes.h"
#include "catdog/photo/image.h"
#include "catdog/photo/to_srgb.h"
#include "pictures/test_pictures.h"

namespace catdog {

using Colour = std::array<int, 3>;  // R, G, B

inline Bytes view(const FileBytes& bytes) { return {bytes.data(), bytes.size()}; }

inline Colour converted(const ToSrgb& to_srgb, const Colour& stored) {
  Image picture = Image::of_size(1, 1);
  for (int c = 0; c < 3; ++c) picture.pixels[c] = static_cast<std::uint8_t>(stored[c]);
  to_srgb.apply(picture);
  return {picture.pixels[0], picture.pixels[1], picture.pixels[2]};
}

// That no channel differs by more than one level.
inline void expect_near(const Colour& found, const Colour& expected, const std::string& what) {
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(found[c], expected[c], 1) << what << ", channel " << c;
}

}  // namespace catdog
