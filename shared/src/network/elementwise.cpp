#include "elementwise.h"

#include <algorithm>
#include <cmath>

#include "exponential.h"

namespace catdog::network {
namespace {

// As the kernels clamp: what is no number stays none.
float clamp(float value, float low, float high) {
  const float above = low > value ? low : value;
  return high < above ? high : above;
}

// As the kernels round, for |value| < 2^22.
std::int16_t rounded(float value) {
  const float shifted = value + 12582912.0f;
  std::int32_t bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  return static_cast<std::int16_t>(bits - 0x4B400000);
}

// Calls use(x, y) with the part of the window of an output pixel that lies within the picture.
struct Part {
  int top, bottom, left, right;  // of the taps: from, up to
};
Part part_within(const Window& w, int y, int x, const Shape& in) {
  const auto within = [](int begin, int dilation, int taps, int side, int& from, int& to) {
    from = begin < 0 ? (-begin + dilation - 1) / dilation : 0;
    to = side <= begin ? 0 : std::min(taps, (side - begin + dilation - 1) / dilation);
  };
  Part part{};
  within(y * w.stride_h - w.top, w.dilation_h, w.kernel_h, in.height, part.top, part.bottom);
  within(x * w.stride_w - w.left, w.dilation_w, w.kernel_w, in.width, part.left, part.right);
  return part;
}

template <class T, class Begin, class Take, class End>
void pool(const Window& w, View<const T> in, View<T> out, Begin begin, Take take, End end) {
  for (int y = 0; y < out.shape.height; ++y) {
    for (int x = 0; x < out.shape.width; ++x) {
      const Part part = part_within(w, y, x, in.shape);
      begin();
      for (int ky = part.top; ky < part.bottom; ++ky) {
        for (int kx = part.left; kx < part.right; ++kx) {
          take(in.pixel(y * w.stride_h - w.top + ky * w.dilation_h, x * w.stride_w - w.left + kx * w.dilation_w));
        }
      }
      const int inside = std::max(part.bottom - part.top, 0) * std::max(part.right - part.left, 0);
      end(inside, out.pixel(y, x));
    }
  }
}

}  // namespace

// Copies whole blocks, so up to a block too much: what is beyond is written later, or belongs to nobody.
template <class T>
T* copy_blocks(const T* from, std::size_t count, T* to) {
  constexpr std::size_t kBlock = 16 / sizeof(T);
  for (std::size_t i = 0; i < count; i += kBlock) std::memcpy(to + i, from + i, 16);
  return to + count;
}

template <class T>
void gather(const Step& step, View<const T> in, int out_width, int begin, int end, T* rows) {
  const Window& w = step.layer.window;
  const auto run = static_cast<std::size_t>(in.stride);
  for (int pixel = begin; pixel < end; ++pixel, rows += step.depth) {
    const int y = pixel / out_width * w.stride_h - w.top, x = pixel % out_width * w.stride_w - w.left;
    T* to = rows;
    for (int ky = 0; ky < w.kernel_h; ++ky) {
      const int from_y = y + ky * w.dilation_h;
      const bool outside = from_y < 0 || from_y >= in.shape.height;
      const bool whole = w.dilation_w == 1 && x >= 0 && x + w.kernel_w <= in.shape.width;
      if (!outside && whole) {
        to = copy_blocks(in.pixel(from_y, x), run * w.kernel_w, to);
        continue;
      }
      for (int kx = 0; kx < w.kernel_w; ++kx) {
        const int from_x = x + kx * w.dilation_w;
        const bool padding = outside || from_x < 0 || from_x >= in.shape.width;
        to = padding ? std::fill_n(to, run, T{}) : copy_blocks(in.pixel(from_y, from_x), run, to);
      }
    }
    if (to != rows + step.depth) *to = T{};
  }
}
template void gather(const Step&, View<const float>, int, int, int, float*);
template void gather(const Step&, View<const std::int16_t>, int, int, int, std::int16_t*);

template <class T>
void max_pool(const Window& window, View<const T> in, View<T> out) {
  std::vector<T> most(static_cast<std::size_t>(out.stride));
  bool first = true;
  pool(
      window, in, out, [&] { first = true; },
      [&](const T* from) {
        for (int c = 0; c < out.stride; ++c)
          most[c] = first || from[c] > most[c] || from[c] != from[c] ? from[c] : most[c];
        first = false;
      },
      [&](int inside, T* to) {
        for (int c = 0; c < out.stride; ++c) to[c] = inside > 0 ? most[c] : T{};
      });
}
template void max_pool(const Window&, View<const float>, View<float>);
template void max_pool(const Window&, View<const std::int16_t>, View<std::int16_t>);

void average_pool(const Layer& layer, View<const float> in, View<float> out) {
  std::vector<float> sum(static_cast<std::size_t>(out.stride));
  const int all = layer.window.kernel_h * layer.window.kernel_w;
  pool(
      layer.window, in, out, [&] { std::fill(sum.begin(), sum.end(), 0.0f); },
      [&](const float* from) {
        for (int c = 0; c < out.stride; ++c) sum[c] += from[c];
      },
      [&](int inside, float* to) {
        const auto count = static_cast<float>(layer.count_padding ? all : std::max(inside, 1));
        for (int c = 0; c < out.stride; ++c) to[c] = sum[c] / count;
      });
}

void average_pool(const Layer& layer, View<const std::int16_t> in, View<std::int16_t> out) {
  std::vector<std::int32_t> sum(static_cast<std::size_t>(out.stride));
  const int all = layer.window.kernel_h * layer.window.kernel_w;
  pool(
      layer.window, in, out, [&] { std::fill(sum.begin(), sum.end(), 0); },
      [&](const std::int16_t* from) {
        for (int c = 0; c < out.stride; ++c) sum[c] += from[c];
      },
      [&](int inside, std::int16_t* to) {
        const auto count = static_cast<float>(layer.count_padding ? all : std::max(inside, 1));
        for (int c = 0; c < out.stride; ++c) to[c] = rounded(static_cast<float>(sum[c]) / count);
      });
}

template <class T>
void global_average_pool(View<const T> in, double scale, float* out) {
  using Sum = std::conditional_t<std::is_same_v<T, float>, float, std::int32_t>;
  std::vector<Sum> sum(static_cast<std::size_t>(in.stride));
  const T* from = in.data;
  for (std::size_t i = 0; i < in.pixels(); ++i, from += in.stride) {
    for (int c = 0; c < in.stride; ++c) sum[c] += from[c];
  }
  const double share = scale / static_cast<double>(in.pixels());
  for (int c = 0; c < in.stride; ++c) out[c] = static_cast<float>(sum[c] * share);
}
template void global_average_pool(View<const float>, double, float*);
template void global_average_pool(View<const std::int16_t>, double, float*);

void affine(const Step& step, View<const float> a, const float* b, View<float> out) {
  const float* from = a.data;
  float* to = out.data;
  for (std::size_t i = 0; i < a.pixels(); ++i, from += a.stride, to += out.stride) {
    for (int c = 0; c < out.stride; ++c) {
      float value = from[c] * step.scale.data()[c] + step.bias.data()[c];
      if (b) value += b[c];
      to[c] = clamp(value, step.low, step.high);
    }
    if (b) b += out.stride;
  }
}

void affine(const Step& step, View<const std::int16_t> a, const std::int16_t* b, View<std::int16_t> out) {
  const std::int16_t* from = a.data;
  std::int16_t* to = out.data;
  for (std::size_t i = 0; i < a.pixels(); ++i, from += a.stride, to += out.stride) {
    for (int c = 0; c < out.stride; ++c) {
      float value = static_cast<float>(from[c]) * step.scale.data()[c] + step.bias.data()[c];
      if (b) value += static_cast<float>(b[c]) * step.residual_scale;
      to[c] = rounded(clamp(value, step.low, step.high));
    }
    if (b) b += out.stride;
  }
}

void crop(const Window& window, View<const float> in, View<float> out) {
  for (int y = 0; y < out.shape.height; ++y) {
    std::copy_n(in.pixel(y + window.top, window.left), static_cast<std::size_t>(out.shape.width) * out.stride,
                out.pixel(y, 0));
  }
}

void pad(const Window& window, View<const float> in, View<float> out) {
  std::fill_n(out.data, out.pixels() * out.stride, 0.0f);
  for (int y = 0; y < in.shape.height; ++y) {
    std::copy_n(in.pixel(y, 0), static_cast<std::size_t>(in.shape.width) * in.stride,
                out.pixel(y + window.top, window.left));
  }
}

void enlarge(int factor, View<const float> in, View<float> out) {
  for (int y = 0; y < out.shape.height; ++y) {
    for (int x = 0; x < out.shape.width; ++x) {
      std::copy_n(in.pixel(y / factor, x / factor), out.stride, out.pixel(y, x));
    }
  }
}

void dequantize(double scale, View<const std::int16_t> in, View<float> out) {
  const auto factor = static_cast<float>(scale);
  const std::int16_t* from = in.data;
  float* to = out.data;
  for (std::size_t i = 0; i < in.pixels(); ++i, from += in.stride, to += out.stride) {
    for (int c = 0; c < in.stride; ++c) to[c] = static_cast<float>(from[c]) * factor;
    for (int c = in.stride; c < out.stride; ++c) to[c] = 0;
  }
}

void softmax(const float* in, int count, float* out) {
  const double most = *std::max_element(in, in + count);
  double sum = 0;
  for (int i = 0; i < count; ++i) sum += exponential(in[i] - most);
  for (int i = 0; i < count; ++i) out[i] = static_cast<float>(exponential(in[i] - most) / sum);
}

void sigmoid(const float* in, int count, float* out) {
  for (int i = 0; i < count; ++i) out[i] = static_cast<float>(1 / (1 + exponential(-static_cast<double>(in[i]))));
}

}  // namespace catdog::network
