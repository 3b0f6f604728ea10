// How far apart two pictures are.
#pragma once

#include <opencv2/core.hpp>

#include "catdog/photo/image.h"

namespace catdog {

// A view of the core's picture as an OpenCV matrix (8-bit RGB). Lives no longer than the picture.
inline cv::Mat as_mat(const Image& image) {
  return {image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.pixels.get())};
}

// The core's picture with a copy of these pixels (8-bit RGB).
inline Image as_image(const cv::Mat& rgb) {
  Image image = Image::of_size(rgb.cols, rgb.rows);
  cv::Mat target = as_mat(image);
  rgb.copyTo(target);
  return image;
}

struct Difference {
  double mean = 0;  // over all values, in levels of 255
  double most = 0;
};

// Of two pictures of the same size.
inline Difference difference(const cv::Mat& a, const cv::Mat& b) {
  return {cv::norm(a, b, cv::NORM_L1) / static_cast<double>(a.total() * a.channels()), cv::norm(a, b, cv::NORM_INF)};
}

}  // namespace catdog
