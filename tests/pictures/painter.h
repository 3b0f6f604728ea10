// What the test pictures show.
#pragma once

#include <opencv2/core.hpp>

namespace catdog {

// 8-bit RGB: soft gradients, discs, and a fine texture; different in every corner, so that no turn goes unnoticed.
cv::Mat paint(int width, int height, unsigned seed);

// 8 bits, one channel: 0 in one corner to 255 in the opposite one.
cv::Mat paint_alpha(int width, int height);

// RGB over white, by the definition in floating point.
cv::Mat over_white(const cv::Mat& rgb, const cv::Mat& alpha);

// The picture as it must be stored so that a viewer obeying `orientation` (EXIF, 1-8) shows `upright`.
cv::Mat stored_for(const cv::Mat& upright, int orientation);

}  // namespace catdog
