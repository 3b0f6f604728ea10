#include "tracking/model_package.h"

#include <fstream>

#include "support/files.h"

namespace catdog::tracking {
namespace fs = std::filesystem;
namespace {

constexpr const char* kMlflowVersion = "3.17.2";  // whose format of MLmodel this is
constexpr const char* kPythonVersion = "3.11.2";  // Debian 12's
constexpr int kExampleSteps = 5;                  // grey levels of the example: 0, 51 … 255 of 255, in short numbers

const Json& requirements() {
  static const Json kList = {"mlflow>=3,<4", "numpy", "onnx>=1.16,<2", "onnxruntime>=1.18,<2"};
  return kList;
}

Json tensor(const std::string& name, const Json& shape) {
  return {{"name", name}, {"type", "tensor"}, {"tensor-spec", {{"dtype", "float32"}, {"shape", shape}}}};
}

// A diagonal pattern, other in each colour: not a picture, but no flat surface either.
Json example(const Card& card) {
  Json channels = Json::array();
  for (int c = 0; c < 3; ++c) {
    Json rows = Json::array();
    for (int y = 0; y < card.size; ++y) {
      Json row = Json::array();
      for (int x = 0; x < card.size; ++x) {
        row.push_back(static_cast<double>((x / (c + 1) + y / 2 + c) % (kExampleSteps + 1)) / kExampleSteps);
      }
      rows.push_back(std::move(row));
    }
    channels.push_back(std::move(rows));
  }
  return {{card.input, Json::array({std::move(channels)})}};
}

Json flavours() {
  return {{"onnx",
           {{"code", nullptr},
            {"data", "model.onnx"},
            {"onnx_session_options", nullptr},
            {"onnx_version", "1.23.2"},
            {"providers", {"CPUExecutionProvider"}}}},
          {"python_function",
           {{"data", "model.onnx"},
            {"env", {{"conda", "conda.yaml"}, {"virtualenv", "python_env.yaml"}}},
            {"loader_module", "mlflow.onnx"},
            {"python_version", kPythonVersion}}}};
}

Json ml_model(const Card& card, const ModelContext& context, std::uintmax_t bytes) {
  const Json inputs = Json::array({tensor(card.input, {-1, 3, card.size, card.size})});
  Json outputs = Json::array();
  for (const auto& [name, shape] : card.outputs) outputs.push_back(tensor(name, shape));
  return {{"artifact_path", context.location},
          {"flavors", flavours()},
          {"is_signature_from_type_hint", false},
          {"metadata", card.metadata},
          {"mlflow_version", kMlflowVersion},
          {"model_id", context.model_id},
          {"model_size_bytes", bytes},
          {"model_uuid", context.model_id},
          {"prompts", nullptr},
          {"run_id", context.run_id},
          {"saved_input_example_info",
           {{"artifact_path", "input_example.json"},
            {"serving_input_path", "serving_input_example.json"},
            {"type", "ndarray"}}},
          {"signature", {{"inputs", inputs.dump()}, {"outputs", outputs.dump()}, {"params", nullptr}}},
          {"type_hint_from_example", false},
          {"utc_time_created", utc_time(context.time)}};
}

std::string requirements_text() {
  std::string text;
  for (const Json& line : requirements()) text += line.get<std::string>() + '\n';
  return text;
}

Json conda() {
  return {
      {"channels", {"conda-forge"}},
      {"dependencies", Json::array({std::string("python=") + kPythonVersion, "pip", Json{{"pip", requirements()}}})},
      {"name", "mlflow-env"}};
}

}  // namespace

Card read_card(const fs::path& bundle) {
  const fs::path file = bundle / "model.json";
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error(file.string() + ": expected a model bundle, found no readable file");
  if (!fs::is_regular_file(bundle / "model.onnx")) {
    throw std::runtime_error((bundle / "model.onnx").string() + ": expected a model bundle, found no such file");
  }
  Card card;
  try {
    const Json json = Json::parse(stream);
    card.input = json.at("input").at("name");
    card.size = json.at("input").at("size");
    card.labels = json.at("labels").get<std::vector<std::string>>();
    card.outputs = {{json.at("output").at("name"), {-1, card.labels.size()}}};
    const std::pair<const char*, Json> others[] = {{"presence", {-1, 1}},
                                                   {"class_activation", {-1, card.labels.size(), -1, -1}}};
    for (const auto& [kind, shape] : others) {
      if (json.contains(kind)) card.outputs.push_back({json.at(kind).at("name"), shape});
    }
    const Json training = json.value("training", Json::object());
    for (const auto& [key, value] : training.items()) {
      const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
      if (!text.empty()) card.params.push_back({accepted_name(key), cut(text, kMaxKey)});
    }
    card.metadata = {{"labels", card.labels}, {"preprocessing_version", json.value("preprocessing_version", 0)}};
  } catch (const Json::exception& problem) {
    throw std::runtime_error(file.string() + ": expected a model bundle's description, found: " + problem.what());
  }
  if (card.size < 1 || card.labels.empty()) {
    throw std::runtime_error(file.string() + ": expected a size and labels, found size " + std::to_string(card.size) +
                             " and " + std::to_string(card.labels.size()) + " labels");
  }
  return card;
}

ModelPackage::ModelPackage(const fs::path& bundle, const Card& card, const ModelContext& context)
    : folder_(bundle.string() + ".mlflow") {
  fs::create_directories(folder_);
  files_ = {{"model.onnx", bundle / "model.onnx"}, {"model.json", bundle / "model.json"}};
  const Json input = example(card);
  add("input_example.json", input.dump());
  add("serving_input_example.json", Json{{"inputs", input}}.dump());
  add("requirements.txt", requirements_text());
  add("python_env.yaml", to_yaml({{"python", kPythonVersion},
                                  {"build_dependencies", {"pip", "setuptools", "wheel"}},
                                  {"dependencies", {"-r requirements.txt"}}}));
  add("conda.yaml", to_yaml(conda()));
  std::uintmax_t bytes = 0;
  for (const PackageFile& file : files_) bytes += fs::file_size(file.source);
  add("MLmodel", to_yaml(ml_model(card, context, bytes)));
}

ModelPackage::~ModelPackage() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void ModelPackage::add(const std::string& name, const std::string& contents) {
  write_file(folder_ / name, contents);
  files_.push_back({name, folder_ / name});
}

}  // namespace catdog::tracking
