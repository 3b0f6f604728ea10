#include "catdog/model/looks.h"

#include <algorithm>
#include <cstring>

#include "catdog/photo/resize.h"

namespace catdog {
namespace {

constexpr float kClear = 0.97f;    // from here upwards a probability leaves no doubt
constexpr float kHopeless = 0.1f;  // what lies below this share of a threshold will not reach it
constexpr double kPart = 0.8;      // of each side, that a look at a part sees

// Throws nothing; without pixels where the memory cannot be had.
Image part_of(const Image& picture, int left, int top, int width, int height) {
  Image part = Image::of_size(width, height);
  if (!part.pixels) return part;
  for (int y = 0; y < height; ++y) {
    std::memcpy(part.row(y), picture.row(top + y) + std::size_t{3} * left, part.row_bytes());
  }
  return part;
}

Image mirrored(const Image& picture) {
  Image mirror = Image::of_size(picture.width, picture.height);
  if (!mirror.pixels) return mirror;
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      std::memcpy(mirror.row(y) + std::size_t{3} * x, picture.row(y) + std::size_t{3} * (picture.width - 1 - x), 3);
    }
  }
  return mirror;
}

}  // namespace

bool is_doubtful(const network::Outputs& first, const Thresholds& thresholds) {
  const float confidence = *std::max_element(first.probabilities.begin(), first.probabilities.end());
  const auto open = [](float probability, float threshold) {
    return probability < std::max(kClear, threshold) && probability >= kHopeless * threshold;
  };
  if (open(first.presence, thresholds.presence)) return true;
  return first.presence >= thresholds.presence && open(confidence, thresholds.confidence);
}

Result<std::vector<Image>> more_looks(const Image& picture) {
  const Error no_memory{Problem::kNoMemory, "expected memory for another look, found none"};
  const int width = std::max(1, static_cast<int>(picture.width * kPart));
  const int height = std::max(1, static_cast<int>(picture.height * kPart));
  std::vector<Image> looks;
  looks.push_back(mirrored(picture));
  for (const bool far : {false, true}) {
    const int left = far ? picture.width - width : 0, top = far ? picture.height - height : 0;
    const Image part = part_of(picture, left, top, width, height);
    if (!part.pixels) return no_memory;
    auto look = resize_area(part, picture.width, picture.height);
    if (!look) return look.error();
    looks.push_back(std::move(*look));
  }
  if (!looks.front().pixels) return no_memory;
  return looks;
}

network::Outputs mean_of(const std::vector<network::Outputs>& looks) {
  network::Outputs mean = looks.front();
  const auto count = static_cast<float>(looks.size());
  mean.presence = 0;
  std::fill(mean.probabilities.begin(), mean.probabilities.end(), 0.0f);
  for (const network::Outputs& look : looks) {
    mean.presence += look.presence / count;
    for (std::size_t c = 0; c < mean.probabilities.size(); ++c) mean.probabilities[c] += look.probabilities[c] / count;
  }
  mean.presence = std::min(mean.presence, 1.0f);
  return mean;
}

}  // namespace catdog
