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
          *tap++ = outside || from_x < 0 || from_x >= p.width
                       ? zeros
                       : in + from_y * row + static_cast<std::size_t>(from_x) * p.channels;
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

// Codes of two rows of the filter are multiplied together, so taps come in pairs: (2j, x) and (2j + 1, x).
void depthwise_int16_anywhere(const DepthwiseInt16& d) {
  const FilterPlace& p = d.place;
  const int pairs = (p.kernel_h + 1) / 2 * p.kernel_w;
  const Floats low = fill(d.low), high = fill(d.high);
  for_each_pixel(p, d.in, d.zeros, d.table, [&](std::size_t pixel) HWY_ATTR {
    std::int16_t* out = d.out + pixel * p.channels;
    const std::int16_t* weights = d.weights;
    for (int channel = 0; channel < p.channels; channel += kPanel) {
      Ints sum0 = zero_sums(), sum1 = zero_sums();
      for (int pair = 0; pair < pairs; ++pair, weights += 2 * kPanel) {
        const int tap = pair / p.kernel_w * 2 * p.kernel_w + pair % p.kernel_w;
        const int below = tap + p.kernel_w < p.kernel_h * p.kernel_w ? tap + p.kernel_w : p.kernel_h * p.kernel_w;
        const Shorts a = load(d.table[tap] + channel), b = load(d.table[below] + channel);
        sum0 = add_products(sum0, interleave_lower(a, b), load(weights));
        sum1 = add_products(sum1, interleave_upper(a, b), load(weights + kPanel));
      }
      const Floats lower = mul_add(to_floats(sum0), load(d.scale + channel), load(d.bias + channel));
      const Floats upper = mul_add(to_floats(sum1), load(d.scale + channel + kHalf), load(d.bias + channel + kHalf));
      store_rounded(clamp(lower, low, high), clamp(upper, low, high), out + channel, p.channels - channel);
    }
  });
}

// Two rows of the picture, interleaved for all filters that read both, with the padding beside them:
// panel, column, halves of the panel.
HWY_INLINE void interleave_rows(const DepthwiseInt16& d, int row, int columns, std::int16_t* to) {
  const FilterPlace& p = d.place;
  const std::size_t stride = static_cast<std::size_t>(p.width) * p.channels;
  const bool has_a = row >= 0 && row < p.height, has_b = row + 1 >= 0 && row + 1 < p.height;
  const std::size_t step_a = has_a ? p.channels : 0, step_b = has_b ? p.channels : 0;
  const Shorts zero = load(d.zeros);
  for (int channel = 0; channel < p.channels; channel += kPanel) {
    const std::int16_t* a = (has_a ? d.in + row * stride : d.zeros) + channel;
    const std::int16_t* b = (has_b ? d.in + (row + 1) * stride : d.zeros) + channel;
    int x = 0;
    for (; x < p.left && x < columns; ++x, to += 2 * kPanel) store(zero, to), store(zero, to + kPanel);
    for (; x < p.left + p.width && x < columns; ++x, to += 2 * kPanel, a += step_a, b += step_b) {
      const Shorts above = load(a), below = load(b);
      store(interleave_lower(above, below), to);
      store(interleave_upper(above, below), to + kPanel);
    }
    for (; x < columns; ++x, to += 2 * kPanel) store(zero, to), store(zero, to + kPanel);
  }
}

// kStrip neighbours of an output row, of one panel of channels. `rows`: their first columns in each pair of rows.
template <int kWidth, int kStride, int kStrip>
HWY_INLINE void filter_strip(const DepthwiseInt16& d, const std::int16_t* const* rows, int pairs, std::size_t from,
                             const std::int16_t* weights, int channel, std::int16_t* out) {
  Ints sums[kStrip][2];
  for (int i = 0; i < kStrip; ++i) sums[i][0] = sums[i][1] = zero_sums();
  for (int pair = 0; pair < pairs; ++pair) {
    const std::int16_t* row = rows[pair] + from;
    for (int x = 0; x < kWidth; ++x, weights += 2 * kPanel) {
      const Shorts w0 = load(weights), w1 = load(weights + kPanel);
      for (int i = 0; i < kStrip; ++i) {
        const std::int16_t* at = row + (i * kStride + x) * 2 * kPanel;
        sums[i][0] = add_products(sums[i][0], load(at), w0);
        sums[i][1] = add_products(sums[i][1], load(at + kPanel), w1);
      }
    }
  }
  const Floats scale0 = load(d.scale + channel), scale1 = load(d.scale + channel + kHalf);
  const Floats bias0 = load(d.bias + channel), bias1 = load(d.bias + channel + kHalf);
  const Floats low = fill(d.low), high = fill(d.high);
  for (int i = 0; i < kStrip; ++i, out += d.place.channels) {
    const Floats lower = mul_add(to_floats(sums[i][0]), scale0, bias0);
    const Floats upper = mul_add(to_floats(sums[i][1]), scale1, bias1);
    store_rounded(clamp(lower, low, high), clamp(upper, low, high), out, d.place.channels - channel);
  }
}

template <int kWidth, int kStride>
void depthwise_int16_by_rows(const DepthwiseInt16& d) {
  constexpr int kStrip = 4;
  const FilterPlace& p = d.place;
  const int columns = (p.out_width - 1) * kStride + kWidth, pairs = (p.kernel_h + 1) / 2;
  const std::size_t panel_size = static_cast<std::size_t>(columns) * 2 * kPanel;
  const std::size_t row_size = static_cast<std::size_t>((p.channels + kPanel - 1) / kPanel) * panel_size;
  const std::size_t filter_size = static_cast<std::size_t>(pairs) * kWidth * 2 * kPanel;
  int held[kMaxFilterRows];  // which row stands in each place of the ring
  for (int& row : held) row = INT32_MIN;
  const std::int16_t* rows[kMaxFilterRows];
  for (int y = 0; y < p.out_height; ++y) {
    const int first = y * p.stride_h - p.top;
    for (int pair = 0; pair < pairs; ++pair) {
      const int row = first + 2 * pair, place = (row + p.top) % p.kernel_h;
      std::int16_t* at = d.scratch + place * row_size;
      if (held[place] != row) interleave_rows(d, row, columns, at);
      held[place] = row;
      rows[pair] = at;
    }
    std::int16_t* out_row = d.out + static_cast<std::size_t>(y) * p.out_width * p.channels;
    const std::int16_t* weights = d.weights;
    std::size_t panel = 0;
    for (int channel = 0; channel < p.channels; channel += kPanel, weights += filter_size, panel += panel_size) {
      int x = 0;
      const auto from = [&] { return panel + static_cast<std::size_t>(x) * kStride * 2 * kPanel; };
      const auto out = [&] { return out_row + static_cast<std::size_t>(x) * p.channels + channel; };
      for (; x + kStrip <= p.out_width; x += kStrip) {
        filter_strip<kWidth, kStride, kStrip>(d, rows, pairs, from(), weights, channel, out());
      }
      for (; x < p.out_width; ++x) filter_strip<kWidth, kStride, 1>(d, rows, pairs, from(), weights, channel, out());
    }
  }
}

void depthwise_float(const DepthwiseFloat& d) {
  switch (d.place.kernel_h * d.place.kernel_w) {
    case 9: return depthwise_float_of<9>(d, d.table);
    case 25: return depthwise_float_of<25>(d, d.table);
    default: return depthwise_float_of<0>(d, d.table);
  }
}

void depthwise_int16(const DepthwiseInt16& d) {
  if (!d.scratch) return depthwise_int16_anywhere(d);
  const bool wide = d.place.kernel_w == 5, strides = d.place.stride_w == 2;
  if (wide) return strides ? depthwise_int16_by_rows<5, 2>(d) : depthwise_int16_by_rows<5, 1>(d);
  return strides ? depthwise_int16_by_rows<3, 2>(d) : depthwise_int16_by_rows<3, 1>(d);
}

}  // namespace HWY_NAMESPACE
}  // namespace catdog::network
HWY_AFTER_NAMESPACE();
