// Depthwise convolutions: a panel of channels at a time, for each pixel a table of where its taps lie.
// Included once for each kind of processor, so without a guard of its own.
HWY_BEFORE_NAMESPACE();
namespace catdog::network {
namespace HWY_NAMESPACE {

// Calls use(x, y, taps) for each output pixel; taps outside of the picture are `zeros`. `taps` has room for one more
// than the filter has, which stays `zeros`.
template <class T, class Use>
HWY_INLINE void for_each_pixel(const FilterPlace& p, const T* in, const T* zeros, const T** taps, Use use) {
  const std::size_t row = static_cast<std::size_t>(p.width) * p.channels;
  taps[p.kernel_h * p.kernel_w] = zeros;
  for (int y = 0; y < p.out_height; ++y) {
    for (int x = 0; x < p.out_width; ++x) {
      const T** tap = taps;
      for (int ky = 0; ky < p.kernel_h; ++ky) {
        const int from_y = y * p.stride_h - p.top + ky * p.dilation_h;
        const bool outside = from_y < 0 || from_y >= p.height;
        for (int kx = 0; kx < p.kernel_w; ++kx) {
          const int from_x = x * p.stride_w - p.left + kx * p.dilation_w;
          *tap++ = outside || from_x < 0 || from_x >= p.width ? zeros : in + from_y * row + static_cast<std::size_t>(from_x) * p.channels;
        }
      }
      use(static_cast<std::size_t>(y) * p.out_width + x);
    }
  }
}

// kTaps: known when compiled, or 0.
template <int kTaps>
void depthwise_float_of(const DepthwiseFloat& d, const float** table) {
  const FilterPlace& p = d.place;
  const int taps = kTaps ? kTaps : p.kernel_h * p.kernel_w;
  const Floats low = fill(d.low), high = fill(d.high);
  for_each_pixel(p, d.in, d.zeros, table, [&](std::size_t pixel) HWY_ATTR {
    float* out = d.out + pixel * p.channels;
    const float* weights = d.weights;
    for (int channel = 0; channel < p.channels; channel += kPanel) {
      Floats sum0 = load(d.bias + channel), sum1 = load(d.bias + channel + kHalf);
      for (int tap = 0; tap < taps; ++tap, weights += kPanel) {
        const float* from = table[tap] + channel;
        sum0 = mul_add(load(from), load(weights), sum0);
        sum1 = mul_add(load(from + kHalf), load(weights + kHalf), sum1);
      }
      const int count = p.channels - channel;
      store_first(clamp(sum0, low, high), out + channel, count);
      if (count > kHalf) store_first(clamp(sum1, low, high), out + channel + kHalf, count - kHalf);
    }
  });
}

template <int kTaps>
void depthwise_int16_of(const DepthwiseInt16& d, const std::int16_t** table) {
  const FilterPlace& p = d.place;
  const int taps = kTaps ? kTaps : p.kernel_h * p.kernel_w;
  const Floats low = fill(d.low), high = fill(d.high);
  for_each_pixel(p, d.in, d.zeros, table, [&](std::size_t pixel) HWY_ATTR {
    std::int16_t* out = d.out + pixel * p.channels;
    const std::int16_t* weights = d.weights;
    for (int channel = 0; channel < p.channels; channel += kPanel) {
      Ints sum0 = zero_sums(), sum1 = zero_sums();
      for (int tap = 0; tap < taps; tap += 2, weights += 2 * kPanel) {
        const Shorts a = load(table[tap] + channel), b = load(table[tap + 1] + channel);
        sum0 = add_products(sum0, interleave_lower(a, b), load(weights));
        sum1 = add_products(sum1, interleave_upper(a, b), load(weights + kPanel));
      }
      const Floats lower = mul_add(to_floats(sum0), load(d.scale + channel), load(d.bias + channel));
      const Floats upper = mul_add(to_floats(sum1), load(d.scale + channel + kHalf), load(d.bias + channel + kHalf));
      store_rounded(clamp(lower, low, high), clamp(upper, low, high), out + channel, p.channels - channel);
    }
  });
}

void depthwise_float(const DepthwiseFloat& d) {
  switch (d.place.kernel_h * d.place.kernel_w) {
    case 9: return depthwise_float_of<9>(d, d.table);
    case 25: return depthwise_float_of<25>(d, d.table);
    default: return depthwise_float_of<0>(d, d.table);
  }
}

void depthwise_int16(const DepthwiseInt16& d) {
  switch (d.place.kernel_h * d.place.kernel_w) {
    case 9: return depthwise_int16_of<9>(d, d.table);
    case 25: return depthwise_int16_of<25>(d, d.table);
    default: return depthwise_int16_of<0>(d, d.table);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace catdog::network
HWY_AFTER_NAMESPACE();
