// catdog::core for JavaScript (Embind). Results are copied into fresh arrays: no view of the heap leaves this file.
#include <emscripten/bind.h>
#include <emscripten/heap.h>

#include <string>
#include <vector>

#include "catdog/model/csv.h"
#include "catdog/model/prediction.h"
#include "catdog/photo/limits.h"
#include "catdog/photo/paths.h"
#include "catdog/photo/preprocess.h"

namespace {

using emscripten::val;

// A copy of a Uint8Array's bytes; null where the memory cannot be had.
catdog::PixelBuffer copy_in(const val& array, std::size_t size) {
  catdog::PixelBuffer bytes = catdog::allocate_pixels(size);
  if (bytes) val(emscripten::typed_memory_view(size, bytes.get())).call<void>("set", array);
  return bytes;
}

template <class T>
val copy_out(const char* type, const T* data, std::size_t count) {
  return val::global(type).new_(emscripten::typed_memory_view(count, data));
}

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
  result.set("pixels", copy_out("Uint8Array", picture.pixels.get(), values));
  result.set("tensor", copy_out("Float32Array", tensor, values));
  result.set("width", photo->width);
  result.set("height", photo->height);
  result.set("format", std::string(catdog::format_name(photo->format)));
  result.set("warning", photo->warning);
  return result;
}

const catdog::Error kNoMemory{catdog::Problem::kNoMemory, "expected memory for the file, found none"};

val preprocess(const val& file, int size) {
  const auto length = file["length"].as<std::size_t>();
  const catdog::PixelBuffer bytes = copy_in(file, length);
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
  const catdog::PixelBuffer rgba = copy_in(pixels, length);
  if (!rgba) return failed(kNoMemory, format);
  return finished(catdog::preprocess_rgba(rgba.get(), width, height, format, size), format);
}

// presence: a number, or null where the network does not say.
catdog::Prediction to_prediction(const val& probabilities, const val& presence, const val& thresholds) {
  const auto values = emscripten::convertJSArrayToNumberVector<float>(probabilities);
  const bool said = !presence.isNull() && !presence.isUndefined();
  return catdog::predict(values.data(), static_cast<int>(values.size()),
                         said ? presence.as<float>() : catdog::kSurelyPresent,
                         {thresholds["confidence"].as<float>(), thresholds["presence"].as<float>()});
}

const char* decision_kind(catdog::Decision decision) {
  switch (decision) {
    case catdog::Decision::kUnsure: return "unsure";
    case catdog::Decision::kNeither: return "neither";
    case catdog::Decision::kClass: break;
  }
  return "class";
}

// probabilities: at least one number; thresholds: { confidence, presence }.
val predict(const val& probabilities, const val& presence, const val& thresholds) {
  const catdog::Prediction prediction = to_prediction(probabilities, presence, thresholds);
  val result = val::object();
  result.set("classId", prediction.class_id);
  result.set("confidence", prediction.confidence);
  result.set("decision", std::string(decision_kind(prediction.decision)));
  return result;
}

std::vector<std::string> to_labels(const val& labels) { return emscripten::vecFromJSArray<std::string>(labels); }

std::string csv_header(const val& labels) { return catdog::csv_header(to_labels(labels)); }

// row: { path, probabilities?, presence?, width, height, error }
std::string csv_row(const val& row, const val& labels, const val& thresholds) {
  catdog::Row cells;
  cells.path = row["path"].as<std::string>();
  cells.width = row["width"].as<int>();
  cells.height = row["height"].as<int>();
  cells.error = row["error"].as<std::string>();
  catdog::Prediction prediction;
  if (const val probabilities = row["probabilities"]; !probabilities.isNull() && !probabilities.isUndefined()) {
    prediction = to_prediction(probabilities, row["presence"], thresholds);
    cells.prediction = &prediction;
  }
  return catdog::csv_row(cells, to_labels(labels));
}

bool is_clutter(const std::string& path) { return catdog::is_clutter(path); }
int preprocessing_version() { return catdog::kPreprocessingVersion; }
double max_file_bytes() { return static_cast<double>(catdog::kMaxFileBytes); }
double memory_bytes() { return static_cast<double>(emscripten_get_heap_size()); }
double max_whole_pixels() { return static_cast<double>(catdog::kMaxWholePixels); }

}  // namespace

EMSCRIPTEN_BINDINGS(catdog) {
  emscripten::function("preprocess", &preprocess);
  emscripten::function("preprocessRgba", &preprocess_rgba);
  emscripten::function("predict", &predict);
  emscripten::function("csvHeader", &csv_header);
  emscripten::function("csvRow", &csv_row);
  emscripten::function("isClutter", &is_clutter);
  emscripten::function("preprocessingVersion", &preprocessing_version);
  emscripten::function("maxFileBytes", &max_file_bytes);
  emscripten::function("maxWholePixels", &max_whole_pixels);
  emscripten::function("memoryBytes", &memory_bytes);
}
