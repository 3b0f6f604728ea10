// catdog::core for JavaScript (Embind): photos. Results are copied into fresh arrays: no view of the heap leaves this
// file.
#include <emscripten/bind.h>
#include <emscripten/heap.h>

#include <string>

#include "catdog/photo/limits.h"
#include "catdog/photo/orientation.h"
#include "catdog/photo/paths.h"
#include "catdog/photo/preprocess.h"
#include "values.h"

namespace {

using emscripten::val;

val finished(const catdog::Result<catdog::Preprocessed>& photo, catdog::Format format) {
  if (!photo) return catdog::failed(photo.error(), format);
  const catdog::Image& picture = photo->picture;
  const std::size_t values = picture.row_bytes() * picture.height;
  const catdog::PixelBuffer memory = catdog::allocate_pixels(values * sizeof(float));
  if (!memory)
    return catdog::failed({catdog::Problem::kNoMemory, "expected memory for the picture, found none"}, format);
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

val preprocess(const val& file, int size) {
  const auto length = file["length"].as<std::size_t>();
  const catdog::PixelBuffer bytes = catdog::copy_in(file, length);
  if (!bytes && length > 0) return catdog::failed(catdog::kNoMemoryForFile, catdog::Format::kUnknown);
  const catdog::Bytes view{bytes.get(), length};
  return finished(catdog::preprocess(view, size), catdog::sniff_format(view));
}

val preprocess_rgba(const val& pixels, int width, int height, const std::string& format_name, const val& file,
                    int size) {
  const catdog::Format format = catdog::format_called(format_name);
  auto to_srgb = catdog::to_srgb_of(file);
  if (!to_srgb) return catdog::failed(to_srgb.error(), format);
  const auto rgba = catdog::copy_in_rgba(pixels, width, height);
  if (!rgba) return catdog::failed(rgba.error(), format);
  return finished(catdog::preprocess_rgba(rgba->get(), width, height, format, size, std::move(*to_srgb)), format);
}

// 1 where the memory to look cannot be had: then there is none to decode the photo either.
int exif_orientation(const val& file) {
  const auto length = file["length"].as<std::size_t>();
  const catdog::PixelBuffer bytes = catdog::copy_in(file, length);
  return bytes ? catdog::exif_orientation({bytes.get(), length}) : 1;
}

bool is_hidden_or_system_file(const std::string& path) { return catdog::is_hidden_or_system_file(path); }
int preprocessing_version() { return catdog::kPreprocessingVersion; }
double max_file_bytes() { return static_cast<double>(catdog::kMaxFileBytes); }
double memory_bytes() { return static_cast<double>(emscripten_get_heap_size()); }
double max_whole_pixels() { return static_cast<double>(catdog::kMaxWholePixels); }

}  // namespace

EMSCRIPTEN_BINDINGS(catdog_photo) {
  emscripten::function("preprocess", &preprocess);
  emscripten::function("preprocessRgba", &preprocess_rgba);
  emscripten::function("exifOrientation", &exif_orientation);
  emscripten::function("isHiddenOrSystemFile", &is_hidden_or_system_file);
  emscripten::function("preprocessingVersion", &preprocessing_version);
  emscripten::function("maxFileBytes", &max_file_bytes);
  emscripten::function("maxWholePixels", &max_whole_pixels);
  emscripten::function("memoryBytes", &memory_bytes);
}
