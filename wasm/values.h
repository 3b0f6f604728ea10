// Values between JavaScript and the core: always copies, so that no view of the heap is left when it grows.
#pragma once

#include <emscripten/val.h>

#include <string>

#include "catdog/photo/format.h"
#include "catdog/photo/image.h"
#include "catdog/photo/to_srgb.h"
#include "catdog/result.h"

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

inline const char* problem_name(Problem problem) {
  switch (problem) {
    case Problem::kNotAPicture: return "not-a-picture";
    case Problem::kNeedsPlatform: return "needs-platform";
    case Problem::kTooLarge: return "too-large";
    case Problem::kCorrupt: return "corrupt";
    case Problem::kNoMemory: break;
  }
  return "no-memory";
}

// { error, problem, format }
inline emscripten::val failed(const Error& error, Format format) {
  emscripten::val result = emscripten::val::object();
  result.set("error", error.message);
  result.set("problem", std::string(problem_name(error.problem)));
  result.set("format", std::string(format_name(format)));
  return result;
}

inline const Error kNoMemoryForFile{Problem::kNoMemory, "expected memory for the file, found none"};

// What platform decoders call a format; kUnknown for other words.
inline Format format_called(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(Format::kJpeg2000); ++i) {
    if (format_name(static_cast<Format>(i)) == name) return static_cast<Format>(i);
  }
  return Format::kUnknown;
}

// What the colours of a photo that the browser decoded need still. `file`: its bytes; none where they need nothing. The
// copy is gone before that of the pixels is made.
inline Result<ToSrgb> to_srgb_of(const emscripten::val& file) {
  const auto length = file["length"].as<std::size_t>();
  const PixelBuffer bytes = copy_in(file, length);
  if (!bytes && length > 0) return kNoMemoryForFile;
  return ToSrgb::of_file({bytes.get(), length});
}

// A copy of pixels of 4 bytes each; an error where their number is another, or where the memory cannot be had.
inline Result<PixelBuffer> copy_in_rgba(const emscripten::val& pixels, int width, int height) {
  const std::size_t length = std::size_t{4} * width * height;
  if (width < 1 || height < 1 || pixels["length"].as<std::size_t>() != length) {
    return Error{Problem::kCorrupt, "expected 4 bytes for each pixel, found another number"};
  }
  PixelBuffer rgba = copy_in(pixels, length);
  if (!rgba) return kNoMemoryForFile;
  return rgba;
}

}  // namespace catdog
