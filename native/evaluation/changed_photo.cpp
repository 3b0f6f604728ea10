#include "evaluation/changed_photo.h"

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

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

std::vector<std::string> photo_changes() { return {"sideways", "dark", "blurred", "jpeg30", "small", "grey"}; }

cv::Mat changed_photo(const cv::Mat& photo, const std::string& change) {
  cv::Mat changed;
  if (change == "sideways") {
    cv::rotate(photo, changed, cv::ROTATE_90_CLOCKWISE);
  } else if (change == "dark") {
    photo.convertTo(changed, -1, kLight);
  } else if (change == "blurred") {
    cv::GaussianBlur(photo, changed, {}, kBlur * std::max(photo.rows, photo.cols));
  } else if (change == "jpeg30") {
    changed = recompressed(photo);
  } else if (change == "small") {
    changed = shrunk(photo);
  } else if (change == "grey") {
    cv::cvtColor(photo, changed, cv::COLOR_BGR2GRAY);
  } else {
    throw std::invalid_argument("expected sideways, dark, blurred, jpeg30, small or grey, found '" + change + "'");
  }
  return changed;
}

}  // namespace catdog
