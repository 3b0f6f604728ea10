// PNM (Netpbm's P5 and P6) by ourselves: stb_image 2.27 reads beyond its buffer where samples have 16 bits, leaves
// missing pixels as whatever lay in memory, and takes every maximum for 255.
#include <array>
#include <cstddef>
#include <cstdint>

#include "catdog/photo/limits.h"
#include "decoders.h"

namespace catdog {
namespace {

constexpr std::uint64_t kMostWhite = 65535;

Error corrupt(const std::string& expected, const std::string& found) {
  return {Problem::kCorrupt, "expected " + expected + ", found " + found};
}

bool is_space(std::uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// The text at the front of the file: numbers between white space and comments.
struct HeaderReader {
  Bytes file;
  std::size_t at = 2;  // behind the signature

  void skip_space() {
    while (at < file.size && (is_space(file.data[at]) || file.data[at] == '#')) {
      if (file.data[at] == '#') {
        while (at < file.size && file.data[at] != '\n' && file.data[at] != '\r') ++at;
      } else {
        ++at;
      }
    }
  }

  // Stops growing where no limit allows more. False where there is no number.
  bool number(std::uint64_t& value) {
    skip_space();
    const std::size_t start = at;
    value = 0;
    for (; at < file.size && file.data[at] >= '0' && file.data[at] <= '9'; ++at) {
      if (value < std::uint64_t{1} << 32) value = value * 10 + (file.data[at] - '0');
    }
    return at > start;
  }
};

}  // namespace

Result<Decoded> decode_pnm(Bytes file) {
  HeaderReader header{file};
  std::uint64_t width = 0, height = 0, white = 0;
  if (!header.number(width) || !header.number(height) || !header.number(white)) {
    return corrupt("a PNM header with width, height and maximum", "no such numbers");
  }
  if (auto size = check_size(width, height, kMaxWholePixels); !size) return size.error();
  if (white == 0 || white > kMostWhite) {
    return corrupt("a PNM maximum of 1 to " + std::to_string(kMostWhite), std::to_string(white));
  }
  if (header.at == file.size || !is_space(file.data[header.at])) {
    return corrupt("white space behind the PNM header", "other bytes or the end of the file");
  }
  const std::size_t start = header.at + 1, channels = file.data[1] == '6' ? 3 : 1, sample_bytes = white > 255 ? 2 : 1;
  const std::uint64_t needed = width * height * channels * sample_bytes;
  if (file.size - start < needed) {
    return corrupt(std::to_string(needed) + " bytes of PNM pixels", std::to_string(file.size - start));
  }

  Decoded decoded;
  decoded.width = static_cast<int>(width);
  decoded.height = static_cast<int>(height);
  decoded.image = Image::of_size(decoded.width, decoded.height);
  if (!decoded.image.pixels) return Error{Problem::kNoMemory, "expected memory for the PNM picture, found none"};
  // 8 bits: scaled so that the maximum is 255; 16 bits: the same, by way of the upper byte where nothing is to scale.
  const auto level = [white](std::uint64_t sample) {
    const std::uint64_t clipped = sample < white ? sample : white;
    return static_cast<std::uint8_t>(white == kMostWhite ? clipped >> 8 : (clipped * 255 + white / 2) / white);
  };
  std::array<std::uint8_t, 256> levels;
  for (std::size_t sample = 0; sample < levels.size(); ++sample) levels[sample] = level(sample);

  const std::uint8_t* in = file.data + start;
  std::uint8_t* out = decoded.image.pixels.get();
  const std::size_t samples = static_cast<std::size_t>(width * height) * channels;
  const int copies = channels == 1 ? 3 : 1;  // of a grey level
  for (std::size_t i = 0; i < samples; ++i, in += sample_bytes) {
    const std::uint8_t value = sample_bytes == 1 ? levels[*in] : level(std::uint64_t{in[0]} << 8 | in[1]);
    for (int copy = 0; copy < copies; ++copy) *out++ = value;
  }
  return decoded;
}

}  // namespace catdog
