#include "inference/model_bundle.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "catdog/photo/preprocess.h"
#include "inference/onnx_header.h"
#include "support/files.h"
#include "support/hash.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr int kBundleFormat = 1;
constexpr int kLargestInput = 4096;  // pixels a side

[[noreturn]] void refuse(const fs::path& file, const std::string& part, const std::string& expected,
                         const std::string& found) {
  throw std::runtime_error(file.string() + ": " + (part.empty() ? "" : part + ": ") + "expected " + expected +
                           ", found " + found);
}

std::vector<std::uint8_t> read_part(const fs::path& file) {
  try {
    return read_file(file);
  } catch (const std::exception& failure) {
    throw std::runtime_error(file.string() + ": " + failure.what());
  }
}

// A part of model.json, for messages as "input.size".
class Part {
 public:
  Part(const fs::path& file, const json& value, std::string name)
      : file_(file), value_(value), name_(std::move(name)) {}

  Part operator[](const char* key) const {
    const std::string name = name_.empty() ? key : name_ + '.' + key;
    if (!value_.is_object()) misfit("an object");
    const auto found = value_.find(key);
    if (found == value_.end()) refuse(file_, name, "a value", "none");
    return {file_, *found, name};
  }
  bool has(const char* key) const { return value_.is_object() && value_.contains(key); }
  const json& value() const { return value_; }

  std::string text() const {
    if (!value_.is_string() || value_.get_ref<const std::string&>().empty()) misfit("a text");
    return value_;
  }
  std::int64_t integer() const {
    if (!value_.is_number_integer()) misfit("a whole number");
    return value_;
  }
  void must_be(std::int64_t expected) const {
    if (integer() != expected) misfit(std::to_string(expected));
  }
  [[noreturn]] void misfit(const std::string& expected) const {
    std::string found = value_.dump(-1, ' ', false, json::error_handler_t::replace);
    if (found.size() > 80) found = found.substr(0, 77) + "…";
    refuse(file_, name_, expected, found);
  }

 private:
  const fs::path& file_;
  const json& value_;
  std::string name_;
};

std::vector<std::string> read_labels(const Part& part) {
  const std::string expected = "a list of labels, none empty or twice";
  if (!part.value().is_array() || part.value().empty()) part.misfit(expected);
  std::vector<std::string> labels;
  for (const json& label : part.value()) {
    if (!label.is_string()) part.misfit(expected);
    const std::string text = label;
    if (text.empty() || std::find(labels.begin(), labels.end(), text) != labels.end()) part.misfit(expected);
    labels.push_back(text);
  }
  return labels;
}

float read_threshold(const Part& part) {
  if (!part.value().is_number()) part.misfit("a number from 0 to 1");
  const double threshold = part.value();
  if (!(threshold >= 0 && threshold <= 1)) part.misfit("a number from 0 to 1");
  return static_cast<float>(threshold);
}

std::string names_of(const std::vector<OnnxTensor>& tensors) {
  std::string names;
  for (const OnnxTensor& tensor : tensors) names += (names.empty() ? "'" : ", '") + tensor.name + "'";
  return names.empty() ? "none" : names;
}

// The tensors must be the expected ones, in any order; a side of kSymbolic may be of any length.
void check_tensors(const fs::path& file, const std::string& part, const std::vector<OnnxTensor>& found,
                   const std::vector<OnnxTensor>& expected) {
  for (const OnnxTensor& wanted : expected) {
    const auto same_name = [&](const OnnxTensor& tensor) { return tensor.name == wanted.name; };
    const auto tensor = std::find_if(found.begin(), found.end(), same_name);
    if (tensor == found.end() || found.size() != expected.size()) {
      refuse(file, part, "only " + names_of(expected), names_of(found));
    }
    if (tensor->type != kOnnxFloat32) {
      refuse(file, part, "float32 (data type 1)", "data type " + std::to_string(tensor->type));
    }
    bool fits = tensor->shape.size() == wanted.shape.size() && tensor->shape[0] == kSymbolic;
    for (std::size_t i = 1; fits && i < wanted.shape.size(); ++i) {
      fits = wanted.shape[i] == kSymbolic || tensor->shape[i] == wanted.shape[i];
    }
    if (!fits) refuse(file, part, shape_text(wanted.shape), shape_text(tensor->shape));
  }
}

void check_network(const ModelBundle& bundle) {
  OnnxHeader header;
  try {
    header = read_onnx_header(view(bundle.onnx));
  } catch (const std::exception& failure) {
    throw std::runtime_error(bundle.onnx_file.string() + ": " + failure.what());
  }
  const std::int64_t size = bundle.size, labels = static_cast<std::int64_t>(bundle.labels.size());
  check_tensors(bundle.onnx_file, "input", header.inputs, {{bundle.input, kOnnxFloat32, {kSymbolic, 3, size, size}}});
  std::vector<OnnxTensor> outputs = {{bundle.output, kOnnxFloat32, {kSymbolic, labels}}};
  if (!bundle.presence.empty()) outputs.push_back({bundle.presence, kOnnxFloat32, {kSymbolic, 1}});
  if (!bundle.map.empty()) outputs.push_back({bundle.map, kOnnxFloat32, {kSymbolic, labels, kSymbolic, kSymbolic}});
  check_tensors(bundle.onnx_file, "output (one number for each label)", header.outputs, outputs);
}

}  // namespace

ModelBundle read_model_bundle(const fs::path& folder) {
  if (!fs::is_directory(folder)) {
    refuse(folder, "", "a model bundle (a folder with model.json and model.onnx)",
           fs::exists(folder) ? "a file" : "nothing of that name");
  }
  const fs::path card_file = folder / "model.json";
  const auto text = read_part(card_file);
  const json parsed = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object())
    refuse(card_file, "", "a JSON object", parsed.is_discarded() ? "no sound JSON" : "another value");
  const Part card(card_file, parsed, "");

  ModelBundle bundle;
  card["format"].must_be(kBundleFormat);
  bundle.name = card["name"].text();
  bundle.labels = read_labels(card["labels"]);
  bundle.input = card["input"]["name"].text();
  const std::int64_t size = card["input"]["size"].integer();
  if (size < 1 || size > kLargestInput)
    card["input"]["size"].misfit("1 to " + std::to_string(kLargestInput) + " pixels");
  bundle.size = static_cast<int>(size);
  bundle.output = card["output"]["name"].text();
  card["preprocessing_version"].must_be(kPreprocessingVersion);
  bundle.thresholds.confidence = read_threshold(card["thresholds"]["confidence"]);
  if (card.has("presence")) {
    bundle.presence = card["presence"]["name"].text();
    bundle.thresholds.presence = read_threshold(card["thresholds"]["presence"]);
  }
  if (card.has("map")) bundle.map = card["map"]["name"].text();

  const Part onnx = card["onnx"];
  const fs::path name = onnx["file"].text();
  if (name != name.filename() || name == "." || name == "..") onnx["file"].misfit("the name of a file in the bundle");
  bundle.onnx_file = folder / name;
  bundle.onnx = read_part(bundle.onnx_file);
  const std::int64_t bytes = onnx["bytes"].integer();
  if (bytes != static_cast<std::int64_t>(bundle.onnx.size())) {
    refuse(bundle.onnx_file, "size", std::to_string(bytes) + " bytes, as model.json says",
           std::to_string(bundle.onnx.size()));
  }
  const std::string expected_hash = onnx["sha256"].text(), hash = sha256(view(bundle.onnx));
  if (hash != expected_hash) refuse(bundle.onnx_file, "SHA-256", expected_hash + ", as model.json says", hash);
  check_network(bundle);
  return bundle;
}

}  // namespace catdog
