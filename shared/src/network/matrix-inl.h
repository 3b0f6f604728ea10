// Matrix products: a tile of rows by one panel of columns is summed in registers.
// Included once for each kind of processor, so without a guard of its own.
HWY_BEFORE_NAMESPACE();
namespace catdog::network {
namespace HWY_NAMESPACE {

// Rows of a tile: as many as registers hold, beside two vectors of weights and one of the row.
#if HWY_TARGET != HWY_SCALAR && HWY_MAX_BYTES >= 64
constexpr int kRows = 12;
#else
constexpr int kRows = 6;
#endif

template <int kTile>
HWY_INLINE void tile_float(const MatrixFloat& m, int row, int column, const float* weights) {
  Floats sums[kTile][2];
  const Floats bias0 = load(m.bias + column), bias1 = load(m.bias + column + kHalf);
  for (int r = 0; r < kTile; ++r) sums[r][0] = bias0, sums[r][1] = bias1;
  const float* a = m.a + row * m.a_stride;
  for (int k = 0; k < m.depth; ++k, weights += kPanel) {
    const Floats w0 = load(weights), w1 = load(weights + kHalf);
    for (int r = 0; r < kTile; ++r) {
      const Floats x = fill(a[r * m.a_stride + k]);
      sums[r][0] = mul_add(x, w0, sums[r][0]);
      sums[r][1] = mul_add(x, w1, sums[r][1]);
    }
  }
  const Floats low = fill(m.low), high = fill(m.high);
  const int count = m.columns - column;
  for (int r = 0; r < kTile; ++r) {
    const std::size_t at = (row + r) * m.out_stride + column;
    for (int half = 0; half < 2 && half * kHalf < count; ++half) {
      Floats sum = sums[r][half];
      if (m.residual) sum = add(sum, load(m.residual + at + half * kHalf));
      store_first(clamp(sum, low, high), m.out + at + half * kHalf, count - half * kHalf);
    }
  }
}

template <int kTile>
HWY_INLINE void tile_int16(const MatrixInt16& m, int row, int column, const std::int16_t* weights) {
  Ints sums[kTile][2];
  for (int r = 0; r < kTile; ++r) sums[r][0] = sums[r][1] = zero_sums();
  const std::int16_t* a = m.a + row * m.a_stride;
  for (int k = 0; k < m.depth; k += 2, weights += 2 * kPanel) {
    const Shorts w0 = load(weights), w1 = load(weights + kPanel);
    for (int r = 0; r < kTile; ++r) {
      const Shorts x = fill_pairs(a + r * m.a_stride + k);
      sums[r][0] = add_products(sums[r][0], x, w0);
      sums[r][1] = add_products(sums[r][1], x, w1);
    }
  }
  const Floats scale0 = load(m.scale + column), scale1 = load(m.scale + column + kHalf);
  const Floats bias0 = load(m.bias + column), bias1 = load(m.bias + column + kHalf);
  const Floats low = fill(m.low), high = fill(m.high), share = fill(m.residual_scale);
  for (int r = 0; r < kTile; ++r) {
    Floats lower = mul_add(to_floats(sums[r][0]), scale0, bias0);
    Floats upper = mul_add(to_floats(sums[r][1]), scale1, bias1);
    const std::size_t at = (row + r) * m.out_stride + column;
    if (m.residual) {
      const Shorts residual = load(m.residual + at);
      lower = mul_add(lower_floats(residual), share, lower);
      upper = mul_add(upper_floats(residual), share, upper);
    }
    store_rounded(clamp(lower, low, high), clamp(upper, low, high), m.out + at, m.columns - column);
  }
}

// All rows by one panel, tile by tile; the last rows in smaller tiles.
#define CATDOG_ALL_ROWS(TILE)                                                       \
  int row = 0;                                                                      \
  for (; row + kRows <= m.rows; row += kRows) TILE<kRows>(m, row, column, weights); \
  if (kRows > 8 && row + 6 <= m.rows) TILE<6>(m, row, column, weights), row += 6;   \
  if (row + 4 <= m.rows) TILE<4>(m, row, column, weights), row += 4;                \
  if (row + 2 <= m.rows) TILE<2>(m, row, column, weights), row += 2;                \
  if (row < m.rows) TILE<1>(m, row, column, weights);

void matrix_float(const MatrixFloat& m) {
  const float* weights = m.weights;
  for (int column = 0; column < m.columns; column += kPanel, weights += static_cast<std::size_t>(m.depth) * kPanel) {
    CATDOG_ALL_ROWS(tile_float)
  }
}

void matrix_int16(const MatrixInt16& m) {
  const std::int16_t* weights = m.weights;
  for (int column = 0; column < m.columns; column += kPanel, weights += static_cast<std::size_t>(m.depth) * kPanel) {
    CATDOG_ALL_ROWS(tile_int16)
  }
}

#undef CATDOG_ALL_ROWS

}  // namespace HWY_NAMESPACE
}  // namespace catdog::network
HWY_AFTER_NAMESPACE();
