// From planes of pixels to RGB.
#pragma once

#include <vector>

#include "catdog/photo/image.h"
#include "jpeg_planes.h"

namespace catdog {

enum class JpegColourSpace { kGrey, kYcc, kRgb };

// Fills `image`, whose pixels are there. A plane has at least half as many pixels across and down as the image, and
// in one of both directions as many. As libjpeg does it, a smaller one is interpolated where `is_interpolated`, else
// its pixels are repeated.
void planes_to_rgb(const std::vector<JpegPlane>& planes, const std::vector<JpegComponent>& components,
                   JpegColourSpace space, bool is_interpolated, Image& image);

}  // namespace catdog
