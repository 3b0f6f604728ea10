#include "inference/signature_check.h"

#include <algorithm>
#include <stdexcept>

#include "inference/onnx_header.h"
#include "support/files.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void refuse(const fs::path& file, const std::string& part, const std::string& expected,
                         const std::string& found) {
  throw std::runtime_error(file.string() + ": " + part + ": expected " + expected + ", found " + found);
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

}  // namespace

void check_signature(const ModelBundle& bundle) {
  OnnxHeader header;
  try {
    header = read_onnx_header(view(bundle.onnx));
  } catch (const std::exception& failure) {
    throw std::runtime_error(bundle.onnx_file.string() + ": " + failure.what());
  }
  const ModelCard& card = bundle.card;
  const std::int64_t size = card.size, labels = static_cast<std::int64_t>(card.labels.size());
  check_tensors(bundle.onnx_file, "input", header.inputs, {{card.input, kOnnxFloat32, {kSymbolic, 3, size, size}}});
  std::vector<OnnxTensor> outputs = {{card.probabilities, kOnnxFloat32, {kSymbolic, labels}}};
  if (!card.presence.empty()) outputs.push_back({card.presence, kOnnxFloat32, {kSymbolic, 1}});
  if (!card.class_activation.empty()) {
    outputs.push_back({card.class_activation, kOnnxFloat32, {kSymbolic, labels, kSymbolic, kSymbolic}});
  }
  check_tensors(bundle.onnx_file, "output (one number for each label)", header.outputs, outputs);
}

}  // namespace catdog
