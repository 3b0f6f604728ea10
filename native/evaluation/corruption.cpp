#include "evaluation/corruption.h"

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

#include "catdog/photo/preprocess.h"

namespace catdog {
namespace {

constexpr double kLight = 0.3, kBlur = 0.01;
constexpr int kQuality = 30, kSmall = 64;

cv::Mat recompressed(const cv::Mat& photo) {
  std::vector<std::uint8_t> bytes;
  cv::imencode(".jpg", photo, bytes, {cv::IMWRITE_JPEG_QUALITY, kQuality});
  return cv::imdecode(bytes, cv::IMREAD_COLOR);
}

cv::Mat shrunk(const cv::Mat& photo) {
  const double factor = static_cast<double>(kSmall) / std::max(photo.rows, photo.cols);
  if (factor >= 1) return photo;
  cv::Mat small;
  const auto side = [&](int pixels) { return std::max(1, cvRound(pixels * factor)); };
  cv::resize(photo, small, {side(photo.cols), side(photo.rows)}, 0, 0, cv::INTER_AREA);
  return small;
}

}  // namespace

const std::vector<std::string>& corruption_names() {
  static const std::vector<std::string> names = {"sideways", "dark", "blurred", "jpeg30", "small", "grey"};
  return names;
}

cv::Mat corrupted_photo(const cv::Mat& photo, const std::string& corruption) {
  cv::Mat changed;
  if (corruption == "sideways") {
    cv::rotate(photo, changed, cv::ROTATE_90_CLOCKWISE);
  } else if (corruption == "dark") {
    photo.convertTo(changed, -1, kLight);
  } else if (corruption == "blurred") {
    cv::GaussianBlur(photo, changed, {}, kBlur * std::max(photo.rows, photo.cols));
  } else if (corruption == "jpeg30") {
    changed = recompressed(photo);
  } else if (corruption == "small") {
    changed = shrunk(photo);
  } else if (corruption == "grey") {
    cv::cvtColor(photo, changed, cv::COLOR_BGR2GRAY);
  } else {
    throw std::invalid_argument("expected sideways, dark, blurred, jpeg30, small or grey, found '" + corruption + "'");
  }
  return changed;
}

cv::Mat decode_whole(Bytes file) {
  try {
    return cv::imdecode(cv::Mat(1, static_cast<int>(file.size), CV_8U, const_cast<std::uint8_t*>(file.data)),
                        cv::IMREAD_COLOR);
  } catch (const cv::Exception&) {  // a picture too large for OpenCV, say
    return {};
  }
}

Image picture_of(const cv::Mat& photo, int size, const ToSrgb& to_srgb) {
  cv::Mat rgba;
  cv::cvtColor(photo, rgba, photo.channels() == 1 ? cv::COLOR_GRAY2RGBA : cv::COLOR_BGR2RGBA);
  auto picture = preprocess_rgba(rgba.data, rgba.cols, rgba.rows, Format::kUnknown, size);
  if (!picture) throw std::runtime_error(picture.error().message);
  to_srgb.apply(picture->picture);
  return std::move(picture->picture);
}

}  // namespace catdog
