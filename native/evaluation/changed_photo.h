// Changes to a photo that people's photos have without ceasing to show what they show.
#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

namespace catdog {

// sideways: turned clockwise by 90°. dark: 0.3 of its light. blurred: by a Gaussian of 1 % of the longer side.
// jpeg30: compressed at quality 30. small: the longer side is 64 pixels. grey: without colour.
std::vector<std::string> photo_changes();

// `photo`: 8 bits a channel, blue, green, red. Throws std::invalid_argument for a change of another name.
cv::Mat changed_photo(const cv::Mat& photo, const std::string& change);

}  // namespace catdog
