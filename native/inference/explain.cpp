#include "inference/explain.h"

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

namespace catdog {

std::vector<float> heat_of(const ActivationMap& map, int class_id) {
  const std::size_t places = static_cast<std::size_t>(map.width) * map.height;
  const std::size_t classes = map.values.size() / places;
  std::vector<float> heat(places);
  for (std::size_t i = 0; i < places; ++i) {
    float others = 0;
    for (std::size_t c = 0; c < classes; ++c) {
      if (c != static_cast<std::size_t>(class_id)) others += map.values[c * places + i];
    }
    const float own = map.values[static_cast<std::size_t>(class_id) * places + i];
    heat[i] = std::max(0.0f, own - others / static_cast<float>(std::max<std::size_t>(classes - 1, 1)));
  }
  const float greatest = *std::max_element(heat.begin(), heat.end());
  if (greatest > 0) {
    for (float& value : heat) value /= greatest;
  }
  return heat;
}

std::vector<std::uint8_t> heat_picture(const std::vector<float>& tensor, int size, const ActivationMap& map,
                                       int class_id) {
  std::vector<float> heat = heat_of(map, class_id);
  cv::Mat wide;
  cv::resize(cv::Mat(map.height, map.width, CV_32F, heat.data()), wide, {size, size}, 0, 0, cv::INTER_CUBIC);
  cv::Mat levels, colours;
  wide.convertTo(levels, CV_8U, 255);
  cv::applyColorMap(levels, colours, cv::COLORMAP_INFERNO);
  constexpr float kStrongest = 0.6f;  // so much of the colour where the heat is greatest
  const std::size_t plane = static_cast<std::size_t>(size) * size;
  cv::Mat picture(size, size, CV_8UC3);
  for (std::size_t i = 0; i < plane; ++i) {
    const float share = kStrongest * static_cast<float>(levels.data[i]) / 255;
    for (std::size_t c = 0; c < 3; ++c) {  // OpenCV's order is blue, green, red
      const float seen = 255 * tensor[(2 - c) * plane + i];
      const float mixed = (1 - share) * seen + share * static_cast<float>(colours.data[3 * i + c]);
      picture.data[3 * i + c] = cv::saturate_cast<std::uint8_t>(mixed);
    }
  }
  std::vector<std::uint8_t> png;
  if (!cv::imencode(".png", picture, png)) throw std::runtime_error("expected OpenCV to write PNG, found it does not");
  return png;
}

}  // namespace catdog
