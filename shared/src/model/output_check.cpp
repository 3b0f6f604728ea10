#include "catdog/model/output_check.h"

#include <cmath>

namespace catdog {
namespace {

bool is_probability(float value) { return value >= 0 && value <= 1; }  // false for NaN

std::string text_of(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "infinity" : "-infinity";
  return std::to_string(value);
}

}  // namespace

std::string problem_with_outputs(const float* probabilities, std::size_t count, float presence) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_probability(probabilities[i])) {
      return "expected probabilities from 0 to 1 from the network, found " + text_of(probabilities[i]);
    }
    sum += probabilities[i];
  }
  if (!(std::abs(sum - 1) <= kSumTolerance)) {
    return "expected probabilities that add up to 1 from the network (softmax inside), found " + text_of(sum);
  }
  if (!is_probability(presence)) {
    return "expected a presence from 0 to 1 from the network, found " + text_of(presence);
  }
  return {};
}

Image trial_picture(int size) {
  Image picture = Image::of_size(size, size);
  if (!picture.pixels) return picture;
  for (std::size_t i = 0; i < picture.row_bytes() * size; ++i) picture.pixels[i] = static_cast<std::uint8_t>(i % 251);
  return picture;
}

}  // namespace catdog
