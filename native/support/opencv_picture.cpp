// TIFF and JPEG 2000 by OpenCV.
#include <cstring>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <string>

#include "catdog/photo/limits.h"
#include "support/platform_decoders.h"

namespace catdog {
namespace {

struct Size {
  std::uint64_t width = 0;
  std::uint64_t height = 0;
};

// Numbers at places in a file; 0 beyond its end.
class Numbers {
 public:
  Numbers(Bytes file, bool little) : file_(file), little_(little) {}
  std::uint64_t u8(std::uint64_t at) const { return at < file_.size ? file_.data[at] : 0; }
  std::uint64_t u16(std::uint64_t at) const { return little_ ? u8(at) | u8(at + 1) << 8 : u8(at) << 8 | u8(at + 1); }
  std::uint64_t u32(std::uint64_t at) const {
    return little_ ? u16(at) | u16(at + 2) << 16 : u16(at) << 16 | u16(at + 2);
  }

 private:
  Bytes file_;
  bool little_;
};

// ImageWidth and ImageLength of the first directory (TIFF 6.0, section 2).
std::optional<Size> tiff_size(Bytes file) {
  const Numbers numbers(file, file.data[0] == 'I');
  const std::uint64_t directory = numbers.u32(4), entries = numbers.u16(directory);
  Size size;
  for (std::uint64_t i = 0; i < entries; ++i) {
    const std::uint64_t entry = directory + 2 + 12 * i, tag = numbers.u16(entry), type = numbers.u16(entry + 2);
    const std::uint64_t value = type == 3 ? numbers.u16(entry + 8) : numbers.u32(entry + 8);
    if (tag == 0x0100) size.width = value;
    if (tag == 0x0101) size.height = value;
  }
  if (size.width == 0 || size.height == 0) return std::nullopt;
  return size;
}

// The SIZ marker (ISO/IEC 15444-1, A.5.1) at the front of the codestream, which may lie in a box (I.4).
std::optional<Size> jpeg_2000_size(Bytes file) {
  const Numbers numbers(file, false);
  std::uint64_t at = 0;
  if (numbers.u16(0) != 0xFF4F) {
    for (;;) {
      if (at + 8 > file.size) return std::nullopt;
      const std::uint64_t length = numbers.u32(at), large = length == 1 ? numbers.u32(at + 12) : 0;
      const std::uint64_t header = length == 1 ? 16 : 8;
      if (std::memcmp(file.data + at + 4, "jp2c", 4) == 0) {
        at += header;
        break;
      }
      const std::uint64_t box = length == 1 ? large : length;
      if (box < header) return std::nullopt;  // 0: the last box, and it was not the codestream
      at += box;
    }
  }
  if (numbers.u32(at) != 0xFF4FFF51) return std::nullopt;
  const std::uint64_t right = numbers.u32(at + 8), bottom = numbers.u32(at + 12);
  const std::uint64_t left = numbers.u32(at + 16), top = numbers.u32(at + 20);
  if (right <= left || bottom <= top) return std::nullopt;
  return Size{right - left, bottom - top};
}

// 8 bits, 4 channels, R G B alpha; empty where it cannot be had.
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

Result<Preprocessed> preprocess_by_opencv(Bytes file, Format format, int size) {
  const auto promised = format == Format::kTiff ? tiff_size(file) : jpeg_2000_size(file);
  if (!promised) return unsound(format, "no size in it");
  if (auto sound = check_size(promised->width, promised->height, kMaxWholePixels); !sound) return sound.error();

  // Its decoders would talk on stderr; what is wrong is said in the error.
  [[maybe_unused]] static const auto once = cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  try {
    const cv::Mat bytes(1, static_cast<int>(file.size), CV_8U, const_cast<std::uint8_t*>(file.data));
    const cv::Mat rgba = to_rgba(cv::imdecode(bytes, cv::IMREAD_UNCHANGED));
    if (rgba.empty()) return unsound(format, "damage or an unsupported kind");
    return preprocess_rgba(rgba.data, rgba.cols, rgba.rows, format, size);
  } catch (const cv::Exception& failure) {
    return unsound(format, "damage or an unsupported kind (" + failure.err + ")");
  }
}

}  // namespace catdog
