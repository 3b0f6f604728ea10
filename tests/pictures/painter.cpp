#include "pictures/painter.h"

#include <cmath>
#include <opencv2/imgproc.hpp>

namespace catdog {

cv::Mat paint(int width, int height, unsigned seed) {
  cv::Mat picture(height, width, CV_8UC3);
  cv::RNG random(seed + 1);
  const cv::Scalar start(random.uniform(0, 80), random.uniform(0, 80), random.uniform(0, 80));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int along = 120 * x / width, down = 120 * y / height;
      picture.at<cv::Vec3b>(y, x) =
          cv::Vec3b(cv::saturate_cast<uchar>(start[0] + along), cv::saturate_cast<uchar>(start[1] + down),
                    cv::saturate_cast<uchar>(start[2] + (along + 120 - down) / 2));
    }
  }
  const int side = std::min(width, height);
  for (int i = 0; i < 6 && side >= 8; ++i) {
    const cv::Point centre(random.uniform(0, width), random.uniform(0, height));
    const cv::Scalar colour(random.uniform(0, 256), random.uniform(0, 256), random.uniform(0, 256));
    cv::circle(picture, centre, random.uniform(side / 8, side / 3), colour, cv::FILLED, cv::LINE_AA);
  }
  cv::Mat texture(height, width, CV_8SC3);
  random.fill(texture, cv::RNG::UNIFORM, -6, 7);
  cv::add(picture, texture, picture, cv::noArray(), CV_8U);
  return picture;
}

cv::Mat paint_alpha(int width, int height) {
  cv::Mat alpha(height, width, CV_8U);
  const int longest = std::max(width + height - 2, 1);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) alpha.at<uchar>(y, x) = static_cast<uchar>(255 * (x + y) / longest);
  }
  return alpha;
}

cv::Mat over_white(const cv::Mat& rgb, const cv::Mat& alpha) {
  cv::Mat out(rgb.size(), CV_8UC3);
  for (int y = 0; y < rgb.rows; ++y) {
    for (int x = 0; x < rgb.cols; ++x) {
      const double share = alpha.at<uchar>(y, x) / 255.0;
      for (int c = 0; c < 3; ++c) {
        const double mixed = rgb.at<cv::Vec3b>(y, x)[c] * share + 255 * (1 - share);
        out.at<cv::Vec3b>(y, x)[c] = static_cast<uchar>(std::lround(mixed));
      }
    }
  }
  return out;
}

cv::Mat stored_for(const cv::Mat& upright, int orientation) {
  constexpr int kLeftRight = 1, kUpDown = 0, kBoth = -1;
  cv::Mat stored = upright.clone();
  switch (orientation) {
    case 2: cv::flip(upright, stored, kLeftRight); break;
    case 3: cv::flip(upright, stored, kBoth); break;
    case 4: cv::flip(upright, stored, kUpDown); break;
    case 5: cv::transpose(upright, stored); break;
    case 6: cv::rotate(upright, stored, cv::ROTATE_90_COUNTERCLOCKWISE); break;  // viewers turn it clockwise
    case 7:
      cv::transpose(upright, stored);
      cv::flip(stored, stored, kBoth);
      break;
    case 8: cv::rotate(upright, stored, cv::ROTATE_90_CLOCKWISE); break;
    default: break;
  }
  return stored;
}

}  // namespace catdog
