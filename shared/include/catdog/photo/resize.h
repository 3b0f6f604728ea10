// Antialiased resizing in integer arithmetic: the same pixels on every machine.
#pragma once

#include "catdog/photo/image.h"
#include "catdog/result.h"

namespace catdog {

// Resizes to exactly width × height, not keeping the aspect ratio.
//
// Area filter: an output pixel is the mean of the source over the window that it covers; where the picture grows, the
// window keeps the width of one source pixel (which makes it bilinear interpolation). Windows are cut at the borders.
// Each pixel's weights add up to one exactly, so a constant picture stays as it is.
// When shrinking, this is OpenCV's INTER_AREA to within one level of 255 for some hundred rows; where many rows become
// one, their weights (of 8 bits) are coarser: to within 2 levels for 1,000 rows of noise to 128, 4 for 6,000, 11 for
// 40,000.
Result<Image> resize_area(const Image& source, int width, int height);

}  // namespace catdog
