// catdog::core for JavaScript (Embind): photos. Results are copied into fresh arrays: no view of the heap leaves this
// file.
#include <emscripten/bind.h>
#include <emscripten/heap.h>

#include <string>

#include "arrays.h"
#include "catdog/photo/limits.h"
#include "catdog/photo/paths.h"
#include "catdog/photo/preprocess.h"

namespace {

using emscripten::val;

const char* problem_name(catdog::Problem problem) {
  switch (problem) {
    case catdog::Problem::kNotAPicture: return "not-a-picture";
    case catdog::Problem::kNeedsPlatform: return "needs-platform";
    case catdog::Problem::kTooLarge: return "too-large";
    case catdog::Problem::kCorrupt: return "corrupt";
    case catdog::Problem::kNoMemory: break;
  }
  return "no-memory";
}

val failed(const catdog::Error& error, catdog::Format format) {
  val result = val::object();
  result.set("error", error.message);
  result.set("problem", std::string(problem_name(error.problem)));
  result.set("format", std::string(catdog::format_name(format)));
  return result;
}

val finished(const catdog::Result<catdog::Preprocessed>& photo, catdog::Format format) {
  if (!photo) return failed(photo.error(), format);
  const catdog::Image& picture = photo->picture;
  const std::size_t values = picture.row_bytes() * picture.height;
  const catdog::PixelBuffer memory = catdog::allocate_pixels(values * sizeof(float));
  if (!memory) return failed({catdog::Problem::kNoMemory, "expected memory for the picture, found none"}, format);
  auto* tensor = reinterpret_cast<float*>(memory.get());
  catdog::to_tensor(picture, tensor);
  val result = val::object();
  result.set("pixels", catdog::copy_out("Uint8Array", picture.pixels.get(), values));
  result.set("tensor", catdog::copy_out("Float32Array", tensor, values));
  result.set("width", photo->width);
  result.set("height", photo->height);
  result.set("format", std::string(catdog::format_name(photo->format)));
  result.set("warning", photo->warning);
  return result;
}

const catdog::Error kNoMemory{catdog::Problem::kNoMemory, "expected memory for the file, found none"};

val preprocess(const val& file, int size) {
  const auto length = file["length"].as<std::size_t>();
  const catdog::PixelBuffer bytes = catdog::copy_in(file, length);
  if (!bytes && length > 0) return failed(kNoMemory, catdog::Format::kUnknown);
  const catdog::Bytes view{bytes.get(), length};
  return finished(catdog::preprocess(view, size), catdog::sniff_format(view));
}

val preprocess_rgba(const val& pixels, int width, int height, const std::string& format_name, int size) {
  auto format = catdog::Format::kUnknown;
  for (int i = 0; i <= static_cast<int>(catdog::Format::kJpeg2000); ++i) {
    if (catdog::format_name(static_cast<catdog::Format>(i)) == format_name) format = static_cast<catdog::Format>(i);
  }
  const std::size_t length = std::size_t{4} * width * height;
  if (width < 1 || height < 1 || pixels["length"].as<std::size_t>() != length) {
    return failed({catdog::Problem::kCorrupt, "expected 4 bytes for each pixel, found another number"}, format);
  }
  const catdog::PixelBuffer rgba = catdog::copy_in(pixels, length);
  if (!rgba) return failed(kNoMemory, format);
  return finished(catdog::preprocess_rgba(rgba.get(), width, height, format, size), format);
}

bool is_clutter(const std::string& path) { return catdog::is_clutter(path); }
int preprocessing_version() { return catdog::kPreprocessingVersion; }
double max_file_bytes() { return static_cast<double>(catdog::kMaxFileBytes); }
double memory_bytes() { return static_cast<double>(emscripten_get_heap_size()); }
double max_whole_pixels() { return static_cast<double>(catdog::kMaxWholePixels); }

}  // namespace

EMSCRIPTEN_BINDINGS(catdog_photo) {
  emscripten::function("preprocess", &preprocess);
  emscripten::function("preprocessRgba", &preprocess_rgba);
  emscripten::function("isClutter", &is_clutter);
  emscripten::function("preprocessingVersion", &preprocessing_version);
  emscripten::function("maxFileBytes", &max_file_bytes);
  emscripten::function("maxWholePixels", &max_whole_pixels);
  emscripten::function("memoryBytes", &memory_bytes);
}
