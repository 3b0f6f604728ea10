// Corruptions: changes to a photo that people's photos have without ceasing to show what they show.
#pragma once

#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <vector>

#include "catdog/bytes.h"
#include "catdog/photo/image.h"
#include "catdog/photo/to_srgb.h"

namespace catdog {

// sideways: turned clockwise by 90°. dark: 0.3 of its light. blurred: by a Gaussian of 1 % of the longer side.
// jpeg30: compressed at quality 30. small: the longer side is 64 pixels. grey: without colour.
const std::vector<std::string>& corruption_names();

// `photo`: 8 bits a channel, blue, green, red. Throws std::invalid_argument for another name.
cv::Mat corrupted_photo(const cv::Mat& photo, const std::string& corruption);

// The photo at full size, upright, as above; empty where OpenCV cannot decode it.
cv::Mat decode_whole(Bytes file);

// What a network is given of a photo of 1 or 3 channels: the pixels that a lossless copy of it would give by
// preprocess_photo(). `to_srgb`: of the file that it was decoded from, since OpenCV converts no colours. Throws
// std::runtime_error.
Image picture_of(const cv::Mat& photo, int size, const ToSrgb& to_srgb = {});

}  // namespace catdog
