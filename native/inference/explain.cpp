#include "inference/explain.h"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

#include "catdog/model/class_activation.h"

namespace catdog {

std::vector<std::uint8_t> heat_picture(const Image& picture, const network::ActivationMap& map, int class_id) {
  std::vector<float> heat = class_activation(map, class_id);
  cv::Mat wide;
  cv::resize(cv::Mat(map.height, map.width, CV_32F, heat.data()), wide, {picture.width, picture.height}, 0, 0,
             cv::INTER_CUBIC);
  cv::Mat levels, colours;
  wide.convertTo(levels, CV_8U, 255);
  cv::applyColorMap(levels, colours, cv::COLORMAP_INFERNO);
  constexpr float kStrongest = 0.6f;  // so much of the colour where the heat is greatest
  const std::size_t plane = static_cast<std::size_t>(picture.width) * picture.height;
  cv::Mat coloured(picture.height, picture.width, CV_8UC3);
  for (std::size_t i = 0; i < plane; ++i) {
    const float share = kStrongest * static_cast<float>(levels.data[i]) / 255;
    for (std::size_t c = 0; c < 3; ++c) {  // OpenCV's order is blue, green, red
      const float seen = picture.pixels[3 * i + 2 - c];
      const float mixed = (1 - share) * seen + share * static_cast<float>(colours.data[3 * i + c]);
      coloured.data[3 * i + c] = cv::saturate_cast<std::uint8_t>(mixed);
    }
  }
  std::vector<std::uint8_t> png;
  if (!cv::imencode(".png", coloured, png)) throw std::runtime_error("expected OpenCV to write PNG, found it does not");
  return png;
}

}  // namespace catdog
