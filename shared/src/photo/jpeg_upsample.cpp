#include "jpeg_upsample.h"

#include <algorithm>

namespace catdog {
namespace {

using Row = std::vector<std::uint8_t>;

// Three quarters of the nearer pixel, one of the further one: bit-identical to libjpeg's "fancy" upsampling.
void interpolate_across(const std::uint8_t* in, int width, std::uint8_t* out) {
  out[0] = in[0];
  for (int x = 1; x < width; ++x) {
    out[2 * x - 1] = static_cast<std::uint8_t>((3 * in[x - 1] + in[x] + 2) >> 2);
    out[2 * x] = static_cast<std::uint8_t>((3 * in[x] + in[x - 1] + 1) >> 2);
  }
  out[2 * width - 1] = in[width - 1];
}

void interpolate_down(const std::uint8_t* nearer, const std::uint8_t* further, int bias, int width, std::uint8_t* out) {
  for (int x = 0; x < width; ++x) out[x] = static_cast<std::uint8_t>((3 * nearer[x] + further[x] + bias) >> 2);
}

void repeat_across(const std::uint8_t* in, int width, std::uint8_t* out) {
  for (int x = 0; x < width; ++x) out[2 * x] = out[2 * x + 1] = in[x];
}

// Gives the rows of a plane at the image's size.
class Upsampler {
 public:
  Upsampler(const JpegPlane& plane, const JpegComponent& component, const Image& image, bool is_interpolated)
      : plane_(plane),
        width_(component.width),
        height_(component.height),
        is_halved_across_(component.width < image.width),
        is_halved_down_(component.height < image.height),
        is_interpolated_(is_interpolated),
        out_(std::size_t{2} * std::max(width_, image.width)) {}

  const std::uint8_t* row(int y) {
    if (!is_halved_down_) {
      const std::uint8_t* in = plane_.row(y);
      if (!is_halved_across_) return in;
      constexpr int kLeastInterpolated = 3;  // pixels: fewer libjpeg repeats
      if (is_interpolated_ && width_ >= kLeastInterpolated) {
        interpolate_across(in, width_, out_.data());
      } else {
        repeat_across(in, width_, out_.data());
      }
      return out_.data();
    }
    const int nearer = y / 2;
    if (!is_interpolated_) return plane_.row(nearer);
    const bool upper = y % 2 == 0;
    const int further = std::clamp(nearer + (upper ? -1 : 1), 0, height_ - 1);
    interpolate_down(plane_.row(nearer), plane_.row(further), upper ? 1 : 2, width_, out_.data());
    return out_.data();
  }

 private:
  const JpegPlane& plane_;
  int width_, height_;
  bool is_halved_across_, is_halved_down_, is_interpolated_;
  Row out_;
};

std::uint8_t clamped(int value) { return static_cast<std::uint8_t>(std::clamp(value, 0, 255)); }

// The sums of libjpeg, whose factors are 16-bit fractions.
void ycc_to_rgb(const std::uint8_t* luma, const std::uint8_t* blue, const std::uint8_t* red, int width,
                std::uint8_t* out) {
  constexpr int kHalf = 1 << 15;
  for (int x = 0; x < width; ++x, out += 3) {
    const int y = luma[x], cb = blue[x] - 128, cr = red[x] - 128;
    out[0] = clamped(y + ((91881 * cr + kHalf) >> 16));
    out[1] = clamped(y + ((-22554 * cb - 46802 * cr + kHalf) >> 16));
    out[2] = clamped(y + ((116130 * cb + kHalf) >> 16));
  }
}

}  // namespace

void planes_to_rgb(const std::vector<JpegPlane>& planes, const std::vector<JpegComponent>& components,
                   JpegColourSpace space, bool is_interpolated, Image& image) {
  std::vector<Upsampler> upsamplers;
  for (std::size_t c = 0; c < planes.size(); ++c) {
    upsamplers.emplace_back(planes[c], components[c], image, is_interpolated);
  }
  for (int y = 0; y < image.height; ++y) {
    const std::uint8_t* rows[3] = {};
    for (std::size_t c = 0; c < 3; ++c) rows[c] = c < upsamplers.size() ? upsamplers[c].row(y) : rows[0];
    std::uint8_t* out = image.row(y);
    if (space == JpegColourSpace::kYcc) {
      ycc_to_rgb(rows[0], rows[1], rows[2], image.width, out);
      continue;
    }
    for (int x = 0; x < image.width; ++x) {
      for (int c = 0; c < 3; ++c) *out++ = rows[c][x];
    }
  }
}

}  // namespace catdog
