// The layers in which little time goes: pools, sums, copies. Plain loops over the channels of each pixel.
#pragma once

#include "plan.h"

namespace catdog::network {

// A value in memory, for reading or writing.
template <class T>
struct View {
  T* data = nullptr;
  Shape shape;
  int stride = 0;  // values from one pixel to the next
  T* pixel(int y, int x) const { return data + (static_cast<std::size_t>(y) * shape.width + x) * stride; }
  std::size_t pixels() const { return static_cast<std::size_t>(shape.height) * shape.width; }
};

// The picture's pixels within the layer's window, through a table of 256 values for each channel.
template <class T>
void read_photo(const Layer& layer, const Image& picture, const T* table, View<T> out) {
  for (int y = 0; y < out.shape.height; ++y) {
    const std::uint8_t* from = picture.row(y + layer.window.top) + 3 * static_cast<std::size_t>(layer.window.left);
    T* to = out.pixel(y, 0);
    for (int x = 0; x < out.shape.width; ++x, from += 3, to += out.stride) {
      for (int c = 0; c < 3; ++c) to[c] = table[256 * c + from[c]];
      for (int c = 3; c < out.stride; ++c) to[c] = T{};
    }
  }
}

// Pixels `begin` to `end` of the layer's output: what the filter reads for each, one row of the matrix after the other.
template <class T>
void gather(const Step& step, View<const T> in, int out_width, int begin, int end, T* rows);

template <class T>
void max_pool(const Window& window, View<const T> in, View<T> out);
// The mean over what lies within the picture, or of all that the window covers. Codes are rounded to the nearest.
void average_pool(const Layer& layer, View<const float> in, View<float> out);
void average_pool(const Layer& layer, View<const std::int16_t> in, View<std::int16_t> out);
// `scale`: of the codes; 1 for floats.
template <class T>
void global_average_pool(View<const T> in, double scale, float* out);
// clamp(a · scale + bias + b · residual_scale); b may be null.
void affine(const Step& step, View<const float> a, const float* b, View<float> out);
void affine(const Step& step, View<const std::int16_t> a, const std::int16_t* b, View<std::int16_t> out);
// Copies to, or from, the place that the window gives.
void crop(const Window& window, View<const float> in, View<float> out);
void pad(const Window& window, View<const float> in, View<float> out);
void enlarge(int factor, View<const float> in, View<float> out);
void dequantize(double scale, View<const std::int16_t> in, View<float> out);
void softmax(const float* in, int count, float* out);
void sigmoid(const float* in, int count, float* out);

}  // namespace catdog::network
