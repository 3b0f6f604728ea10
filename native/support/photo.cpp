#include "support/photo.h"

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>

#include "catdog/limits.h"

namespace catdog {
namespace {

Error unreadable(Format format, const std::string& found) {
  return {Problem::kCorrupt, std::string("expected a sound ") + format_name(format) + " picture, found " + found};
}

// 8 bits, 4 channels, R G B alpha.
cv::Mat to_rgba(cv::Mat decoded) {
  if (decoded.depth() == CV_16U) decoded.convertTo(decoded, CV_8U, 1 / 256.0);
  if (decoded.depth() != CV_8U) return {};
  cv::Mat rgba;
  if (decoded.channels() == 1) cv::cvtColor(decoded, rgba, cv::COLOR_GRAY2RGBA);
  if (decoded.channels() == 3) cv::cvtColor(decoded, rgba, cv::COLOR_BGR2RGBA);
  if (decoded.channels() == 4) cv::cvtColor(decoded, rgba, cv::COLOR_BGRA2RGBA);
  return rgba;
}

}  // namespace

Result<Preprocessed> preprocess_photo(Bytes file, int size) {
  auto by_core = preprocess(file, size);
  if (by_core || by_core.error().problem != Problem::kNeedsPlatform) return by_core;
  const Format format = sniff_format(file);
  if (format == Format::kAvif || format == Format::kHeic) return by_core;  // OpenCV 4.6 reads neither
  [[maybe_unused]] static const auto talk_switched_off =
      cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  try {
    const cv::Mat bytes(1, static_cast<int>(file.size), CV_8U, const_cast<std::uint8_t*>(file.data));
    const cv::Mat rgba = to_rgba(cv::imdecode(bytes, cv::IMREAD_UNCHANGED));
    if (rgba.empty()) return unreadable(format, "damage or an unsupported kind");
    return preprocess_rgba(rgba.data, rgba.cols, rgba.rows, format, size);
  } catch (const std::exception& failure) {  // OpenCV reports its own limits this way
    return unreadable(format, failure.what());
  }
}

}  // namespace catdog
