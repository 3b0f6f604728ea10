#include "training/network/bundle_writer.h"

#include <ctime>

#include "catdog/photo/preprocess.h"
#include "support/files.h"
#include "support/hash.h"
#include "training/network/onnx_writer.h"

namespace catdog {
namespace {

// In universal time, as 2024-12-31.
std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::string text(10, '\0');
  text.resize(std::strftime(text.data(), text.size() + 1, "%Y-%m-%d", &parts));
  return text;
}

}  // namespace

void write_bundle(const std::filesystem::path& folder, const PlainNetwork& network,
                  const BundleDescription& description) {
  std::filesystem::create_directories(folder);
  const NetworkSpec& spec = network.spec;
  const NetworkCost cost = cost_of(spec, description.size);
  network::Signature signature{kOnnxInput, description.size, kOnnxOutput, spec.classes, "", ""};
  if (spec.presence != NetworkSpec::kNone) signature.presence = kOnnxPresence;
  if (has_map(spec)) signature.class_activation = kOnnxMap;
  const std::string onnx =
      with_ranges(write_onnx(network, description.size, {{"network", spec.name}}), signature, description.samples);
  const Bytes bytes{reinterpret_cast<const std::uint8_t*>(onnx.data()), onnx.size()};
  nlohmann::ordered_json training = description.training;
  training["parameters"] = cost.parameters;
  training["multiply_adds"] = cost.multiply_adds;
  nlohmann::ordered_json json = {
      {"format", kBundleFormat},
      {"name", spec.name},
      {"created", today()},
      {"labels", description.labels},
      {"input", {{"name", kOnnxInput}, {"size", description.size}}},
      {"output", {{"name", kOnnxOutput}}},
      {"preprocessing_version", kPreprocessingVersion},
      {"thresholds", {{"confidence", description.thresholds.confidence}}},
      {"onnx", {{"file", "model.onnx"}, {"sha256", sha256(bytes)}, {"bytes", onnx.size()}}},
      {"metrics", description.metrics},
      {"training", training},
      {"licence", description.licence},
      {"data", {{"origin", description.data_origin}, {"licence", description.data_licence}}}};
  if (spec.presence != NetworkSpec::kNone) {
    json["presence"] = {{"name", kOnnxPresence}};
    json["thresholds"]["presence"] = description.thresholds.presence;
  }
  if (has_map(spec)) json["class_activation"] = {{"name", kOnnxMap}};
  write_file(folder / "model.onnx", onnx);
  write_file(folder / "model.json", json.dump(2) + "\n");
}

}  // namespace catdog
