// Weights of a network that was taught something first, as a safetensors file: random ones, which tests start from.
#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "support/files.h"
#include "training/network/torch_network.h"

namespace catdog {

// The network with a head for `pretrained_head` classes, its numbers drawn by LibTorch's generator, normalisations
// included.
inline std::shared_ptr<TorchNetwork> pretrained_network(const std::string& name, int pretrained_head) {
  auto network = std::make_shared<TorchNetwork>(make_network(name, Heads{2, false, pretrained_head}));
  const torch::NoGradGuard no_grad;
  network->train();
  for (int i = 0; i < 10; ++i) network->forward(torch::rand({8, 3, 64, 64}));
  network->eval();
  return network;
}

// https://huggingface.co/docs/safetensors: length of the header, the header (JSON), the numbers.
inline std::string as_safetensors(const Weights& weights) {
  nlohmann::ordered_json header;
  std::string data;
  for (const auto& [name, array] : weights) {
    const std::size_t from = data.size(), bytes = array.values.size() * sizeof(float);
    data.append(reinterpret_cast<const char*>(array.values.data()), bytes);
    header[name] = {{"dtype", "F32"}, {"shape", array.shape}, {"data_offsets", {from, from + bytes}}};
  }
  const std::string text = header.dump();
  const std::uint64_t length = text.size();
  return std::string(reinterpret_cast<const char*>(&length), sizeof length) + text + data;
}

}  // namespace catdog
