#include "training/data/augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

namespace catdog {
namespace {

// Crop, zoom, stretch, rotation and flip as one mapping from the crop's pixels to the stored picture's.
cv::Matx23d random_mapping(int side, int crop, const Augmentation& how, Random& random) {
  const bool distant = random.chance(how.distance_chance);
  const double area =
      (distant ? random.uniform(1.0, how.most_area) : random.uniform(how.least_area, 1.0)) * side * side;
  const double aspect = std::exp(random.uniform(-1, 1) * std::log(how.most_aspect));
  const double most = distant ? HUGE_VAL : side;
  const double width = std::min(most, std::sqrt(area * aspect)), height = std::min(most, std::sqrt(area / aspect));
  const double centre_x = width / 2 + random.uniform(0, side - width);
  const double centre_y = height / 2 + random.uniform(0, side - height);
  double angle = random.uniform(-1, 1) * how.most_degrees * CV_PI / 180;
  if (random.chance(how.turn_chance)) angle += random.chance(0.5) ? CV_PI / 2 : -CV_PI / 2;
  const double scale_x = width / crop * (random.chance(0.5) ? -1 : 1), scale_y = height / crop;
  const double a = std::cos(angle) * scale_x, b = -std::sin(angle) * scale_y;
  const double c = std::sin(angle) * scale_x, d = std::cos(angle) * scale_y;
  const double middle = (crop - 1) / 2.0;
  return {a, b, centre_x - 0.5 - (a + b) * middle, c, d, centre_y - 0.5 - (c + d) * middle};
}

// What cameras and web sites do to pictures.
void degrade(cv::Mat& picture, const Augmentation& how, Random& random) {
  if (random.chance(how.shrink_chance)) {
    const double factor = random.uniform(how.least_shrink, 1);
    const cv::Size full = picture.size();
    const int side = std::max(8, static_cast<int>(full.width * factor));
    cv::resize(picture, picture, {side, side}, 0, 0, cv::INTER_AREA);
    cv::resize(picture, picture, full, 0, 0, cv::INTER_LINEAR);
  }
  if (random.chance(how.blur_chance)) {
    cv::GaussianBlur(picture, picture, {}, random.uniform(1.0 / 3, 1) * how.most_blur * picture.cols);
  }
  if (random.chance(how.jpeg_chance)) {
    // OpenCV takes red for blue here and back again: what is lost is about the same.
    std::vector<std::uint8_t> bytes;
    cv::imencode(".jpg", picture, bytes, {cv::IMWRITE_JPEG_QUALITY, 25 + static_cast<int>(random.below(66))});
    picture = cv::imdecode(bytes, cv::IMREAD_COLOR);
  }
}

// Brightness, contrast (around `mean`) and saturation are linear: one matrix, rows giving R, G, B.
std::array<std::array<float, 4>, 3> random_colours(float mean, const Augmentation& how, Random& random) {
  const double gain = random.uniform(1 - how.brightness, 1 + how.brightness);
  const double contrast = random.uniform(1 - how.contrast, 1 + how.contrast);
  double saturation = random.uniform(1 - how.saturation, 1 + how.saturation);
  if (random.chance(how.grey_chance)) saturation = 0;
  constexpr double kLuma[3] = {0.299, 0.587, 0.114};
  std::array<std::array<float, 4>, 3> matrix;
  for (int row = 0; row < 3; ++row) {
    const double light = gain * random.uniform(1 - how.cast, 1 + how.cast);
    for (int column = 0; column < 3; ++column) {
      const double mixed = (1 - saturation) * kLuma[column] + (row == column ? saturation : 0);
      matrix[row][column] = static_cast<float>(light * contrast * mixed / 255);
    }
    matrix[row][3] = static_cast<float>(light * (1 - contrast) * mean / 255);
  }
  return matrix;
}

void erase_rectangle(int crop, Random& random, float* out) {
  const int width = static_cast<int>(crop * random.uniform(0.15, 0.4));
  const int height = static_cast<int>(crop * random.uniform(0.15, 0.4));
  const int left = static_cast<int>(random.below(static_cast<std::uint64_t>(crop - width + 1)));
  const int top = static_cast<int>(random.below(static_cast<std::uint64_t>(crop - height + 1)));
  float colour[3];
  for (float& value : colour) value = static_cast<float>(random.uniform(0, 1));
  for (int y = top; y < top + height; ++y) {
    float* pixel = out + (static_cast<std::size_t>(y) * crop + left) * 3;
    for (int x = 0; x < width; ++x, pixel += 3) std::copy_n(colour, 3, pixel);
  }
}

struct Kind {
  const char* name;
  void (*leave_out)(Augmentation&);
};
constexpr Kind kKinds[] = {{"crop", [](Augmentation& a) { a.least_area = 1; }},
                           {"stretch", [](Augmentation& a) { a.most_aspect = 1; }},
                           {"rotation", [](Augmentation& a) { a.most_degrees = 0; }},
                           {"light", [](Augmentation& a) { a.brightness = a.contrast = 0; }},
                           {"colour", [](Augmentation& a) { a.saturation = a.grey_chance = 0; }},
                           {"shrink", [](Augmentation& a) { a.shrink_chance = 0; }},
                           {"blur", [](Augmentation& a) { a.blur_chance = 0; }},
                           {"jpeg", [](Augmentation& a) { a.jpeg_chance = 0; }},
                           {"erasing", [](Augmentation& a) { a.erase_chance = 0; }},
                           {"turn", [](Augmentation& a) { a.turn_chance = 0; }},
                           {"distance", [](Augmentation& a) { a.distance_chance = 0; }},
                           {"cast", [](Augmentation& a) { a.cast = 0; }}};

}  // namespace

std::vector<std::string> augmentation_kinds() {
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

Augmentation wide_augmentation() {
  Augmentation how;
  how.turn_chance = 0.12;
  how.distance_chance = 0.15;
  how.cast = 0.08;
  return how;
}

Augmentation without(Augmentation how, const std::vector<std::string>& kinds) {
  for (const std::string& name : kinds) {
    const auto* kind =
        std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& k) { return name == k.name; });
    if (kind == std::end(kKinds)) throw std::invalid_argument("expected a kind of augmentation, found '" + name + "'");
    kind->leave_out(how);
  }
  return how;
}

void augment(const std::uint8_t* source, int side, int crop, const Augmentation& how, Random& random, float* out) {
  const cv::Mat stored(side, side, CV_8UC3, const_cast<std::uint8_t*>(source));
  cv::Mat turned;
  const cv::Matx23d mapping = random_mapping(side, crop, how, random);
  // Around a distant picture: what mirrors it, or a plain colour, so that neither becomes a sign.
  const bool plain = how.distance_chance > 0 && random.chance(0.5);
  const auto level = [&] { return plain ? random.uniform(0, 255) : 0; };
  cv::warpAffine(stored, turned, mapping, cv::Size(crop, crop), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                 plain ? cv::BORDER_CONSTANT : cv::BORDER_REFLECT_101, cv::Scalar(level(), level(), level()));
  degrade(turned, how, random);
  const cv::Scalar mean = cv::mean(turned);
  const auto m = random_colours(static_cast<float>((mean[0] + mean[1] + mean[2]) / 3), how, random);
  const std::uint8_t* pixel = turned.data;
  const std::uint8_t* const end = pixel + static_cast<std::size_t>(crop) * crop * 3;
  for (float* value = out; pixel < end; pixel += 3, value += 3) {
    const float r = pixel[0], g = pixel[1], b = pixel[2];
    for (int c = 0; c < 3; ++c) {
      value[c] = std::clamp(m[c][0] * r + m[c][1] * g + m[c][2] * b + m[c][3], 0.0f, 1.0f);
    }
  }
  if (random.chance(how.erase_chance)) erase_rectangle(crop, random, out);
}

}  // namespace catdog
