// catdog::core for JavaScript (Embind): the network, and all that a photo's row says in one call.
#include <emscripten/bind.h>

#include <optional>
#include <string>

#include "catdog/model/classifier.h"
#include "values.h"

namespace {

using catdog::Format;
using emscripten::val;

// Of this module's instance: a worker has one.
std::optional<catdog::Classifier> classifier;

std::string text_or_empty(const val& text) { return text.isNull() ? std::string() : text.as<std::string>(); }

// As readCard() gives it, as far as a network needs it.
catdog::ModelCard to_card(const val& card) {
  catdog::ModelCard result;
  result.labels = emscripten::vecFromJSArray<std::string>(card["labels"]);
  result.size = card["size"].as<int>();
  result.input = card["input"].as<std::string>();
  result.probabilities = card["probabilities"].as<std::string>();
  result.presence = text_or_empty(card["presence"]);
  result.class_activation = text_or_empty(card["classActivation"]);
  result.onnx.name = card["onnx"]["name"].as<std::string>();
  return result;
}

using catdog::network::Precision;

// { precision }, or a failure.
val load_with(const val& card, const val& onnx, Precision precision) {
  classifier.reset();
  const auto length = onnx["length"].as<std::size_t>();
  const catdog::PixelBuffer bytes = catdog::copy_in(onnx, length);
  if (!bytes && length > 0) return catdog::failed(catdog::kNoMemoryForFile, Format::kUnknown);
  auto loaded = catdog::Classifier::load({bytes.get(), length}, to_card(card), precision);
  if (!loaded) return catdog::failed(loaded.error(), Format::kUnknown);
  classifier.emplace(std::move(*loaded));
  val result = val::object();
  result.set("precision", std::string(classifier->precision() == Precision::kInt16 ? "int16" : "float32"));
  return result;
}

val load_network(const val& card, const val& onnx) { return load_with(card, onnx, Precision::kBest); }

val load_network_in(const val& card, const val& onnx, const std::string& precision) {
  if (precision == "int16") return load_with(card, onnx, Precision::kInt16);
  if (precision == "float32") return load_with(card, onnx, Precision::kFloat32);
  return catdog::failed({catdog::Problem::kCorrupt, "expected the precision int16 or float32, found another word"},
                        Format::kUnknown);
}

// Asked before a network was loaded: the page's mistake, not a photo's.
val not_loaded(Format format) {
  return catdog::failed({catdog::Problem::kCorrupt, "expected a network, found none loaded"}, format);
}

val finished(const catdog::Result<catdog::Classified>& found, Format format) {
  if (!found) return catdog::failed(found.error(), format);
  const catdog::Preprocessed& photo = found->photo;
  const auto& probabilities = found->outputs.probabilities;
  val result = val::object();
  result.set("probabilities", catdog::copy_out("Float32Array", probabilities.data(), probabilities.size()));
  result.set("presence", found->outputs.presence);
  result.set("pixels", catdog::copy_out("Uint8Array", photo.picture.pixels.get(),
                                        photo.picture.row_bytes() * photo.picture.height));
  result.set("width", photo.width);
  result.set("height", photo.height);
  result.set("format", std::string(catdog::format_name(photo.format)));
  result.set("warning", photo.warning);
  return result;
}

val classify(const val& file) {
  if (!classifier) return not_loaded(Format::kUnknown);
  const auto length = file["length"].as<std::size_t>();
  const catdog::PixelBuffer bytes = catdog::copy_in(file, length);
  if (!bytes && length > 0) return catdog::failed(catdog::kNoMemoryForFile, Format::kUnknown);
  const catdog::Bytes view{bytes.get(), length};
  return finished(classifier->classify(view), catdog::sniff_format(view));
}

val classify_rgba(const val& pixels, int width, int height, const std::string& format_name, const val& file) {
  const Format format = catdog::format_called(format_name);
  if (!classifier) return not_loaded(format);
  auto to_srgb = catdog::to_srgb_of(file);
  if (!to_srgb) return catdog::failed(to_srgb.error(), format);
  const auto rgba = catdog::copy_in_rgba(pixels, width, height);
  if (!rgba) return catdog::failed(rgba.error(), format);
  return finished(classifier->classify_rgba(rgba->get(), width, height, format, std::move(*to_srgb)), format);
}

// pixels: as classify() gives them.
val explain(const val& pixels, int class_id) {
  if (!classifier) return not_loaded(Format::kUnknown);
  const int size = classifier->size();
  const std::size_t length = std::size_t{3} * size * size;
  if (pixels["length"].as<std::size_t>() != length) {
    return catdog::failed({catdog::Problem::kCorrupt, "expected the network's picture, found another"},
                          Format::kUnknown);
  }
  catdog::Image picture{size, size, catdog::copy_in(pixels, length)};
  if (!picture.pixels) return catdog::failed(catdog::kNoMemoryForFile, Format::kUnknown);
  const auto found = classifier->explain(picture, class_id);
  if (!found) return catdog::failed(found.error(), Format::kUnknown);
  val result = val::object();
  result.set("values", catdog::copy_out("Float32Array", found->values.data(), found->values.size()));
  result.set("width", found->width);
  result.set("height", found->height);
  return result;
}

}  // namespace

EMSCRIPTEN_BINDINGS(catdog_network) {
  emscripten::function("loadNetwork", &load_network);  // Embind tells the two apart by the number of arguments
  emscripten::function("loadNetwork", &load_network_in);
  emscripten::function("classify", &classify);
  emscripten::function("classifyRgba", &classify_rgba);
  emscripten::function("explain", &explain);
}
