#include "training/network/pretrained.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "support/files.h"
#include "support/hash.h"
#include "training/network/option_names.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

struct Known {
  const char* name;
  const char* network;
  const char* file;
  const char* sha256;
};
constexpr Known kKnown[] = {{"imagenet", "efficientnet_lite0", "pretrained/imagenet/efficientnet_lite0.safetensors",
                             "8d002b40b31cbb864d5a7add65a3ff91e4d599ed2e97bff46d8b71cd70f03877"},
                            {"imagenet", "efficientnet_lite2", "pretrained/imagenet/efficientnet_lite2.safetensors",
                             "47e5f29e35e81e9ffd5eb01eb6d24d7379b9727d05b4f5050a3a139ba49ad23c"}};

constexpr std::size_t kMostHeaderBytes = 100'000'000;  // as the format says

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t side : shape) text += (text.empty() ? "" : "×") + std::to_string(side);
  return text.empty() ? "a single number" : text;
}

// The safetensors format: 8 bytes with the length of a JSON header, the header, then the arrays.
Weights parse_safetensors(const fs::path& file, const std::vector<std::uint8_t>& bytes) {
  std::uint64_t header = 0;
  if (bytes.size() >= sizeof header) std::memcpy(&header, bytes.data(), sizeof header);
  if (bytes.size() < sizeof header || header > std::min(kMostHeaderBytes, bytes.size() - sizeof header)) {
    fail(file, "arrays in the safetensors format", "another file of " + std::to_string(bytes.size()) + " bytes");
  }
  const auto begin = bytes.begin() + sizeof header;
  const auto length = static_cast<std::ptrdiff_t>(header);
  const auto json = nlohmann::json::parse(begin, begin + length, nullptr, /*allow_exceptions=*/false);
  const std::size_t data = sizeof header + header, available = bytes.size() - data;
  Weights weights;
  if (!json.is_object()) fail(file, "a JSON header", "none");
  try {
    for (const auto& [name, entry] : json.items()) {
      if (name == "__metadata__") continue;
      if (entry.at("dtype") != "F32") fail(file, "'" + name + "' as F32", entry.at("dtype").dump());
      Array array{entry.at("shape").get<std::vector<std::int64_t>>(), {}};
      const auto from = entry.at("data_offsets").at(0).get<std::uint64_t>();
      const auto to = entry.at("data_offsets").at(1).get<std::uint64_t>();
      std::uint64_t values = 1;
      for (const std::int64_t side : array.shape) {
        values *= static_cast<std::uint64_t>(std::clamp<std::int64_t>(side, 0, std::int64_t{1} << 20));
        values = std::min(values, std::uint64_t{1} << 40);
      }
      if (from > to || to > available || to - from != values * sizeof(float)) {
        fail(file, "'" + name + "' of " + shape_text(array.shape) + " floats inside the file", "other offsets");
      }
      array.values.resize(values);
      if (values > 0) std::memcpy(array.values.data(), bytes.data() + data + from, to - from);
      weights.emplace(name, std::move(array));
    }
  } catch (const nlohmann::json::exception& failure) {
    fail(file, "dtype, shape and data_offsets of every array", failure.what());
  }
  return weights;
}

}  // namespace

Pretrained read_pretrained(const std::string& name, const std::string& network) {
  std::string networks;  // that there are weights of this name for
  const Known* known = nullptr;
  for (const Known& one : kKnown) {
    if (name != one.name) continue;
    networks += (networks.empty() ? "" : " or ") + std::string(one.network);
    if (network == one.network) known = &one;
  }
  if (!known && !networks.empty()) {
    throw std::runtime_error("--pretrained " + name + ": expected --network " + networks + ", found " + network);
  }
  const fs::path file = known ? known->file : name;
  if (!fs::is_regular_file(file)) {
    fail(file, "pretrained weights (made by scripts/pretrained " + network + ", read from the current folder)",
         "no such file");
  }
  const auto bytes = read_file(file);
  Pretrained pretrained{sha256(view(bytes)), {}};
  for (auto& [tensor, values] : parse_safetensors(file, bytes)) {
    pretrained.weights.emplace(current_tensor_name(tensor), std::move(values));
  }
  if (known && pretrained.digest != known->sha256) {
    fail(file, std::string("SHA-256 ") + known->sha256,
         pretrained.digest + " (run scripts/pretrained " + network + " again)");
  }
  const auto pretrained_head = pretrained.weights.find("pretrained_head.weight");
  if (pretrained_head == pretrained.weights.end() || pretrained_head->second.shape.size() != 2) {
    fail(file, "the pretrained head, 'pretrained_head.weight'", "none");
  }
  return pretrained;
}

PlainNetwork start_from(const Pretrained& pretrained, const NetworkSpec& spec) {
  Weights weights;
  const auto take = [&](const Layer& layer, const char* part, const std::vector<std::int64_t>& shape) {
    const std::string name = layer.name + part;
    const auto found = pretrained.weights.find(name);
    if (layer.stage == spec.heads) {
      std::size_t values = 1;
      for (const std::int64_t side : shape) values *= static_cast<std::size_t>(side);
      weights[name] = {shape, std::vector<float>(values, 0.0f)};
    } else if (found == pretrained.weights.end() || found->second.shape != shape) {
      throw std::runtime_error("pretrained weights: expected '" + name + "' of " + shape_text(shape) + ", found " +
                               (found == pretrained.weights.end() ? "none" : shape_text(found->second.shape)));
    } else {
      weights[name] = found->second;
    }
  };
  for (const Layer& layer : spec.layers) {
    if (layer.op == Op::kConv) take(layer, ".weight", {layer.out, layer.in / layer.groups, layer.kernel, layer.kernel});
    if (layer.op == Op::kLinear) take(layer, ".weight", {layer.out, layer.in});
    if (layer.op == Op::kBatchNorm) {
      for (const char* part : {".weight", ".bias", ".running_mean", ".running_var"}) take(layer, part, {layer.out});
    } else if (layer.bias) {
      take(layer, ".bias", {layer.out});
    }
  }
  return fold_batch_norm(spec, weights);
}

}  // namespace catdog
