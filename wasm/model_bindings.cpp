// catdog::core for JavaScript (Embind): the model bundle, what its network says, and the rows made of that.
#include <emscripten/bind.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "catdog/model/card.h"
#include "catdog/model/class_activation.h"
#include "catdog/model/csv.h"
#include "catdog/model/output_check.h"
#include "catdog/model/prediction.h"
#include "catdog/photo/preprocess.h"
#include "values.h"

namespace {

using emscripten::val;

bool is_missing(const val& value) { return value.isNull() || value.isUndefined(); }

std::vector<std::string> to_texts(const val& array) { return emscripten::vecFromJSArray<std::string>(array); }

template <class T>
val number_or_null(const std::optional<T>& number) {
  return number ? val(static_cast<double>(*number)) : val::null();
}

val text_or_null(const std::string& text) { return text.empty() ? val::null() : val(text); }

val to_val(const catdog::Thresholds& thresholds) {
  val result = val::object();
  result.set("confidence", thresholds.confidence);
  result.set("presence", thresholds.presence);
  return result;
}

val to_val(const catdog::OnnxFile& file) {
  val result = val::object();
  result.set("name", file.name);
  result.set("bytes", static_cast<double>(file.bytes));
  result.set("sha256", file.sha256);
  return result;
}

val to_val(const catdog::ModelCard& card) {
  val result = val::object();
  result.set("name", card.name);
  result.set("labels", val::array(card.labels));
  result.set("size", card.size);
  result.set("input", card.input);
  result.set("probabilities", card.probabilities);
  result.set("presence", text_or_null(card.presence));
  result.set("classActivation", text_or_null(card.class_activation));
  result.set("thresholds", to_val(card.thresholds));
  result.set("onnx", to_val(card.onnx));
  result.set("accuracy", number_or_null(card.accuracy));
  val interval = val::null();
  if (card.accuracy_interval) {
    interval = val::array();
    interval.set(0, card.accuracy_interval->low);
    interval.set(1, card.accuracy_interval->high);
  }
  result.set("accuracyInterval", interval);
  result.set("photos", number_or_null(card.photos));
  result.set("licence", card.licence);
  result.set("created", card.created);
  return result;
}

// json: a Uint8Array.
val read_card(const val& json) {
  const auto length = json["length"].as<std::size_t>();
  // What is refused for its size need not be copied.
  const catdog::PixelBuffer bytes = length > catdog::kMaxCardBytes ? nullptr : catdog::copy_in(json, length);
  val result = val::object();
  if (!bytes && length > 0 && length <= catdog::kMaxCardBytes) {
    result.set("error", std::string("model.json: expected memory for the file, found none"));
    return result;
  }
  const auto card = catdog::read_card({bytes.get(), length});
  if (card) return to_val(*card);
  result.set("error", card.error().message);
  return result;
}

catdog::OnnxFile to_onnx_file(const val& file) {
  return {file["name"].as<std::string>(), static_cast<std::int64_t>(file["bytes"].as<double>()),
          file["sha256"].as<std::string>()};
}

std::string problem_with_size(const val& file, double bytes) {
  return catdog::problem_with_size(to_onnx_file(file), static_cast<std::uint64_t>(bytes));
}

std::string problem_with_hash(const val& file, const std::string& sha256) {
  return catdog::problem_with_hash(to_onnx_file(file), sha256);
}

// A number, or null where the network does not say.
float to_presence(const val& presence) { return is_missing(presence) ? catdog::kSurelyPresent : presence.as<float>(); }

std::string problem_with_outputs(const val& probabilities, const val& presence) {
  const auto values = emscripten::convertJSArrayToNumberVector<float>(probabilities);
  return catdog::problem_with_outputs(values.data(), values.size(), to_presence(presence));
}

// Null where the memory cannot be had.
val trial_tensor(int size) {
  const catdog::Image picture = catdog::trial_picture(size);
  const std::size_t values = picture.row_bytes() * picture.height;
  const catdog::PixelBuffer memory = catdog::allocate_pixels(values * sizeof(float));
  if (!picture.pixels || !memory) return val::null();
  auto* tensor = reinterpret_cast<float*>(memory.get());
  catdog::to_tensor(picture, tensor);
  return catdog::copy_out("Float32Array", tensor, values);
}

val class_activation(const val& values, int width, int height, int class_id) {
  const auto found =
      catdog::class_activation({width, height, emscripten::convertJSArrayToNumberVector<float>(values)}, class_id);
  return catdog::copy_out("Float32Array", found.data(), found.size());
}

catdog::Thresholds to_thresholds(const val& thresholds) {
  return {thresholds["confidence"].as<float>(), thresholds["presence"].as<float>()};
}

catdog::Prediction to_prediction(const val& probabilities, const val& presence, const val& thresholds) {
  const auto values = emscripten::convertJSArrayToNumberVector<float>(probabilities);
  return catdog::predict(values.data(), static_cast<int>(values.size()), to_presence(presence),
                         to_thresholds(thresholds));
}

const char* decision_kind(catdog::Decision decision) {
  switch (decision) {
    case catdog::Decision::kUncertain: return "uncertain";
    case catdog::Decision::kNone: return "none";
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

// confidences, presences: Float32Arrays of one length. In one call: each costs more than a decision.
val decide(const val& confidences, const val& presences, const val& thresholds) {
  const auto values = emscripten::convertJSArrayToNumberVector<float>(confidences);
  const auto present = emscripten::convertJSArrayToNumberVector<float>(presences);
  const catdog::Thresholds limits = to_thresholds(thresholds);
  std::vector<std::uint8_t> decisions(std::min(values.size(), present.size()));
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    decisions[i] = static_cast<std::uint8_t>(catdog::decide(values[i], present[i], limits));
  }
  return catdog::copy_out("Uint8Array", decisions.data(), decisions.size());
}

// { separator, byteOrderMark, extraColumns }
catdog::CsvFormat to_format(const val& format) {
  const auto separator = format["separator"].as<std::string>();
  using Separator = catdog::CsvFormat::Separator;
  return {separator == ";"    ? Separator::kSemicolon
          : separator == "\t" ? Separator::kTab
                              : Separator::kComma,
          format["byteOrderMark"].as<bool>(), to_texts(format["extraColumns"])};
}

// Lines as bytes: a text would lose the byte order mark on its way.
val to_bytes(const std::string& line) { return catdog::copy_out("Uint8Array", line.data(), line.size()); }

val csv_header(const val& labels, const val& format) {
  return to_bytes(catdog::csv_header(to_texts(labels), to_format(format)));
}

// row: { path, probabilities?, presence?, width, height, error, extra }
val csv_row(const val& row, const val& labels, const val& thresholds, const val& format) {
  catdog::Row cells;
  cells.path = row["path"].as<std::string>();
  cells.width = row["width"].as<int>();
  cells.height = row["height"].as<int>();
  cells.error = row["error"].as<std::string>();
  cells.extra = to_texts(row["extra"]);
  catdog::Prediction prediction;
  if (const val probabilities = row["probabilities"]; !is_missing(probabilities)) {
    prediction = to_prediction(probabilities, row["presence"], thresholds);
    cells.prediction = &prediction;
  }
  return to_bytes(catdog::csv_row(cells, to_texts(labels), to_format(format)));
}

}  // namespace

EMSCRIPTEN_BINDINGS(catdog_model) {
  emscripten::function("readCard", &read_card);
  emscripten::function("problemWithSize", &problem_with_size);
  emscripten::function("problemWithHash", &problem_with_hash);
  emscripten::function("problemWithOutputs", &problem_with_outputs);
  emscripten::function("trialTensor", &trial_tensor);
  emscripten::function("classActivation", &class_activation);
  emscripten::function("predict", &predict);
  emscripten::function("decide", &decide);
  emscripten::function("csvHeader", &csv_header);
  emscripten::function("csvRow", &csv_row);
}
