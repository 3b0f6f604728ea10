// The kernels, compiled once for each kind of processor (https://github.com/google/highway).
#include "kernels.h"

#include <cstring>

// Vectors whose length is known only at run time cannot be kept in arrays.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
// Processors that add up products of 16 bits in one instruction. (Highway leaves them out unless asked.)
#define HWY_WANT_AVX3_DL
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "network/kernels.cpp"
#include <hwy/foreach_target.h>
//
#include "simd-inl.h"
//
#include "matrix-inl.h"
//
#include "depthwise-inl.h"

HWY_BEFORE_NAMESPACE();
namespace catdog::network {
namespace HWY_NAMESPACE {

const Kernels* kernels() {
  static constexpr Kernels all = {kPanel, matrix_float, matrix_int16, depthwise_float, depthwise_int16};
  return &all;
}

}  // namespace HWY_NAMESPACE
}  // namespace catdog::network
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace catdog::network {

HWY_EXPORT(kernels);

const Kernels& best_kernels() { return *HWY_DYNAMIC_DISPATCH(kernels)(); }

}  // namespace catdog::network
#endif
