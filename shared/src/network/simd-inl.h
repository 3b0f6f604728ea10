// The vector operations that the kernels use: Highway's, or plain C++ for a processor without vectors.
// Included once for each kind of processor, so without a guard of its own.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace catdog::network {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

constexpr int kHalf = 4;  // lanes of a vector of 32-bit values

struct Floats {
  float lane[kHalf];
};
struct Ints {
  std::int32_t lane[kHalf];
};
struct Shorts {
  std::int16_t lane[2 * kHalf];
};

template <class Vector, class Make>
Vector make(Make lane) {
  Vector v;
  int i = 0;
  for (auto& place : v.lane) place = lane(i++);
  return v;
}

inline Floats load(const float* from) {
  return make<Floats>([&](int i) { return from[i]; });
}
inline Floats fill(float value) {
  return make<Floats>([&](int) { return value; });
}
inline Floats mul_add(Floats a, Floats b, Floats sum) {
  return make<Floats>([&](int i) { return a.lane[i] * b.lane[i] + sum.lane[i]; });
}
inline Floats add(Floats a, Floats b) {
  return make<Floats>([&](int i) { return a.lane[i] + b.lane[i]; });
}
inline Floats clamp(Floats x, Floats low, Floats high) {
  return make<Floats>([&](int i) {
    const float above = low.lane[i] > x.lane[i] ? low.lane[i] : x.lane[i];
    return high.lane[i] < above ? high.lane[i] : above;
  });
}
inline void store(Floats v, float* to) {
  for (int i = 0; i < kHalf; ++i) to[i] = v.lane[i];
}
inline void store_first(Floats v, float* to, int count) {
  for (int i = 0; i < kHalf && i < count; ++i) to[i] = v.lane[i];
}

inline Shorts load(const std::int16_t* from) {
  return make<Shorts>([&](int i) { return from[i]; });
}
inline void store(Shorts v, std::int16_t* to) { std::memcpy(to, v.lane, sizeof v.lane); }
inline Shorts fill_pairs(const std::int16_t* pair) {
  return make<Shorts>([&](int i) { return pair[i % 2]; });
}
inline Ints zero_sums() {
  return make<Ints>([](int) { return 0; });
}
inline Ints add_products(Ints sum, Shorts a, Shorts b) {
  return make<Ints>(
      [&](int i) { return sum.lane[i] + a.lane[2 * i] * b.lane[2 * i] + a.lane[2 * i + 1] * b.lane[2 * i + 1]; });
}
inline Shorts interleave_lower(Shorts a, Shorts b) {
  return make<Shorts>([&](int i) { return i % 2 ? b.lane[i / 2] : a.lane[i / 2]; });
}
inline Shorts interleave_upper(Shorts a, Shorts b) {
  return make<Shorts>([&](int i) { return i % 2 ? b.lane[kHalf + i / 2] : a.lane[kHalf + i / 2]; });
}
inline Floats to_floats(Ints v) {
  return make<Floats>([&](int i) { return static_cast<float>(v.lane[i]); });
}
inline Floats lower_floats(Shorts v) {
  return make<Floats>([&](int i) { return static_cast<float>(v.lane[i]); });
}
inline Floats upper_floats(Shorts v) {
  return make<Floats>([&](int i) { return static_cast<float>(v.lane[kHalf + i]); });
}
inline std::int16_t rounded(float value) {  // as below
  const float shifted = value + 12582912.0f;
  std::int32_t bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  return static_cast<std::int16_t>(bits - 0x4B400000);
}
inline void store_rounded(Floats lower, Floats upper, std::int16_t* to, int /*count*/) {
  for (int i = 0; i < kHalf; ++i) to[i] = rounded(lower.lane[i]), to[kHalf + i] = rounded(upper.lane[i]);
}

#else

namespace hn = hwy::HWY_NAMESPACE;
using FloatTag = hn::ScalableTag<float>;
using IntTag = hn::ScalableTag<std::int32_t>;
using ShortTag = hn::ScalableTag<std::int16_t>;
using Floats = hn::Vec<FloatTag>;
using Ints = hn::Vec<IntTag>;
using Shorts = hn::Vec<ShortTag>;

constexpr int kHalf = HWY_LANES(float);

HWY_INLINE Floats load(const float* from) { return hn::LoadU(FloatTag(), from); }
HWY_INLINE Floats fill(float value) { return hn::Set(FloatTag(), value); }
HWY_INLINE Floats mul_add(Floats a, Floats b, Floats sum) { return hn::Add(hn::Mul(a, b), sum); }
HWY_INLINE Floats add(Floats a, Floats b) { return hn::Add(a, b); }
// What is no number stays none, on every processor.
HWY_INLINE Floats clamp(Floats x, Floats low, Floats high) {
#if HWY_ARCH_WASM
  return Floats{wasm_f32x4_pmin(wasm_f32x4_pmax(x.raw, low.raw), high.raw)};
#elif HWY_ARCH_X86
  return hn::Min(high, hn::Max(low, x));
#else
  const Floats above = hn::IfThenElse(hn::Gt(low, x), low, x);
  return hn::IfThenElse(hn::Lt(high, above), high, above);
#endif
}
HWY_INLINE void store(Floats v, float* to) { hn::StoreU(v, FloatTag(), to); }
// The first lanes, a multiple of kChannelStep.
HWY_INLINE void store_first(Floats v, float* to, int count) {
#if HWY_MAX_BYTES > 32
  if (count < kHalf) return hn::StoreU(hn::LowerHalf(hn::Half<FloatTag>(), v), hn::Half<FloatTag>(), to);
#endif
  (void)count;
  hn::StoreU(v, FloatTag(), to);
}

HWY_INLINE Shorts load(const std::int16_t* from) { return hn::LoadU(ShortTag(), from); }
HWY_INLINE void store(Shorts v, std::int16_t* to) { hn::StoreU(v, ShortTag(), to); }
// The two values at `pair` over and over.
HWY_INLINE Shorts fill_pairs(const std::int16_t* pair) {
  std::int32_t both;
  std::memcpy(&both, pair, sizeof both);
  return hn::BitCast(ShortTag(), hn::Set(IntTag(), both));
}
HWY_INLINE Ints zero_sums() { return hn::Zero(IntTag()); }
// Adds the products of neighbours, two for each sum.
HWY_INLINE Ints add_products(Ints sum, Shorts a, Shorts b) {
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3_DL
  // One instruction for both. (Not every Highway makes it of ReorderWidenMulAccumulate, nor names it to the compiler.)
  asm("vpdpwssd %2, %1, %0" : "+v"(sum.raw) : "v"(a.raw), "v"(b.raw));
  return sum;
#elif HWY_ARCH_X86 || HWY_ARCH_WASM
  Ints unused = hn::Zero(IntTag());
  return hn::ReorderWidenMulAccumulate(IntTag(), a, b, sum, unused);
#else
  // Elsewhere the sums of the two products come apart: exact all the same.
  Ints other = hn::Zero(IntTag());
  const Ints one = hn::ReorderWidenMulAccumulate(IntTag(), a, b, hn::Zero(IntTag()), other);
  return hn::Add(sum, hn::RearrangeToOddPlusEven(one, other));
#endif
}
HWY_INLINE Shorts interleave_lower(Shorts a, Shorts b) { return hn::InterleaveLower(ShortTag(), a, b); }
HWY_INLINE Shorts interleave_upper(Shorts a, Shorts b) { return hn::InterleaveUpper(ShortTag(), a, b); }
HWY_INLINE Floats to_floats(Ints v) { return hn::ConvertTo(FloatTag(), v); }
// The lanes that store_rounded takes as its first and its second vector.
HWY_INLINE Floats lower_floats(Shorts v) {
  return to_floats(hn::ShiftRight<16>(hn::BitCast(IntTag(), interleave_lower(v, v))));
}
HWY_INLINE Floats upper_floats(Shorts v) {
  return to_floats(hn::ShiftRight<16>(hn::BitCast(IntTag(), interleave_upper(v, v))));
}
// To the nearest, halves to the even one: 1.5 · 2^23 is added, which leaves no room for a fraction.
HWY_INLINE Ints rounded(Floats v) {
  const Ints bits = hn::BitCast(IntTag(), hn::Add(v, fill(12582912.0f)));
  return hn::Sub(bits, hn::Set(IntTag(), 0x4B400000));
}
HWY_INLINE void store_rounded(Floats lower, Floats upper, std::int16_t* to, int count) {
  const Shorts v = hn::ReorderDemote2To(ShortTag(), rounded(lower), rounded(upper));
#if HWY_MAX_BYTES > 16
  if (count < 2 * kHalf) {
    alignas(64) std::int16_t lanes[2 * kHalf];
    hn::StoreU(v, ShortTag(), lanes);
    std::memcpy(to, lanes, kChannelStep * sizeof(std::int16_t));
    for (int i = kChannelStep; i < count; i += kChannelStep) {
      std::memcpy(to + i, lanes + i, kChannelStep * sizeof(std::int16_t));
    }
    return;
  }
#endif
  (void)count;
  hn::StoreU(v, ShortTag(), to);
}

#endif

constexpr int kPanel = 2 * kHalf;

}  // namespace HWY_NAMESPACE
}  // namespace catdog::network
HWY_AFTER_NAMESPACE();
