// The ranges that a network's tensors have on sample photos: what fixed point needs to know.
#pragma once

#include <functional>
#include <string>

#include "catdog/network/network.h"

namespace catdog {

inline constexpr std::size_t kRangePhotos = 500;  // that are enough: the greatest values of more are hardly greater

// `picture(i)` for i below `count`: photos as the network sees them, none of those that it is measured on. One without
// pixels is left out.
struct SamplePhotos {
  std::size_t count = 0;
  std::function<Image(std::size_t)> picture;
};

// The ONNX file with the ranges in its metadata, in place of those that it stated; the file as it is where the core
// does not run the network. Throws std::runtime_error where the file is none that may be run, or where there are no
// photos.
std::string with_ranges(const std::string& onnx, const network::Signature& signature, const SamplePhotos& photos);

}  // namespace catdog
