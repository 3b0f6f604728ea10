// Arrays between JavaScript and the core: always copies, so that no view of the heap is left when it grows.
#pragma once

#include <emscripten/val.h>

#include "catdog/photo/image.h"

namespace catdog {

// A copy of a Uint8Array's bytes; null where the memory cannot be had.
inline PixelBuffer copy_in(const emscripten::val& array, std::size_t size) {
  PixelBuffer bytes = allocate_pixels(size);
  if (bytes) emscripten::val(emscripten::typed_memory_view(size, bytes.get())).call<void>("set", array);
  return bytes;
}

// A fresh array of `type`: "Uint8Array", "Float32Array".
template <class T>
emscripten::val copy_out(const char* type, const T* data, std::size_t count) {
  return emscripten::val::global(type).new_(emscripten::typed_memory_view(count, data));
}

}  // namespace catdog
