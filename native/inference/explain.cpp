#include "inference/explain.h"

#include <opencv2/imgproc.hpp>
#include <stdexcept>

#include "catdog/model/class_activation.h"

// OpenCV's writers would cost each start of a tool 0.05 s: they bring a hundred libraries with them.
#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb_image_write.h>

namespace catdog {
namespace {

std::vector<std::uint8_t> png_of(const std::uint8_t* rgb, int width, int height) {
  std::vector<std::uint8_t> png;
  const auto append = [](void* to, void* data, int size) {
    const auto* bytes = static_cast<const std::uint8_t*>(data);
    static_cast<std::vector<std::uint8_t>*>(to)->insert(static_cast<std::vector<std::uint8_t>*>(to)->end(), bytes,
                                                        bytes + size);
  };
  if (stbi_write_png_to_func(append, &png, width, height, 3, rgb, 3 * width) == 0) {
    throw std::runtime_error("expected memory for a PNG, found none");
  }
  return png;
}

}  // namespace

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
  std::vector<std::uint8_t> coloured(3 * plane);
  for (std::size_t i = 0; i < plane; ++i) {
    const float share = kStrongest * static_cast<float>(levels.data[i]) / 255;
    for (std::size_t c = 0; c < 3; ++c) {
      const float seen = picture.pixels[3 * i + c];
      const float mixed = (1 - share) * seen + share * static_cast<float>(colours.data[3 * i + 2 - c]);  // blue first
      coloured[3 * i + c] = cv::saturate_cast<std::uint8_t>(mixed);
    }
  }
  return png_of(coloured.data(), picture.width, picture.height);
}

}  // namespace catdog
