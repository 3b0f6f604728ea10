// Writes what onnxruntime-web is compared with: for each network an ONNX model with random weights, or a given
// bundle's, photos of random pixels, and what the core, OpenCV's dnn module (and for random weights LibTorch) compute
// for each output.
//
// usage: write_parity_case OUT_DIR [BUNDLE_DIR]
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <opencv2/dnn.hpp>
#include <stdexcept>

#include "catdog/network/network.h"
#include "inference/wide_weights.h"
#include "support/files.h"
#include "training/network/onnx_writer.h"
#include "training/network/torch_network.h"

namespace {

using namespace catdog;
namespace fs = std::filesystem;

constexpr int kPhotos = 6;

std::vector<float> values_of(const torch::Tensor& tensor) {
  const torch::Tensor plain = tensor.contiguous();
  return {plain.data_ptr<float>(), plain.data_ptr<float>() + plain.numel()};
}

std::vector<const char*> outputs_of(bool has_map) {
  if (has_map) return {kOnnxOutput, kOnnxPresence, kOnnxMap};
  return {kOnnxOutput, kOnnxPresence};
}

// What OpenCV computes for each output of the model.
nlohmann::json opencv_outputs(const std::string& model, torch::Tensor photos, bool has_map) {
  const Bytes bytes{reinterpret_cast<const std::uint8_t*>(model.data()), model.size()};
  const auto wide = with_wide_weights(bytes);
  cv::dnn::Net net = cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(wide.data()), wide.size());
  const int size = static_cast<int>(photos.size(2));
  const int shape[] = {kPhotos, 3, size, size};
  net.setInput(cv::Mat(4, shape, CV_32F, photos.data_ptr<float>()), kOnnxInput);
  nlohmann::json outputs;
  for (const char* output : outputs_of(has_map)) {
    const cv::Mat found = net.forward(output);
    outputs[output] = std::vector<float>(found.ptr<float>(), found.ptr<float>() + found.total());
  }
  return outputs;
}

// What the core computes for each output of the model.
nlohmann::json core_outputs(const std::string& model, const torch::Tensor& photos, int classes, bool has_map) {
  const int size = static_cast<int>(photos.size(2));
  const Bytes bytes{reinterpret_cast<const std::uint8_t*>(model.data()), model.size()};
  const auto network =
      network::Network::load(bytes, {kOnnxInput, size, kOnnxOutput, classes, kOnnxPresence, has_map ? kOnnxMap : ""},
                             network::Precision::kFloat32);
  if (!network) throw std::runtime_error(network.error().message);
  const auto workspace = network->make_workspace();
  std::vector<float> probabilities, presence, map;
  for (int i = 0; i < kPhotos; ++i) {
    const torch::Tensor pixels = (photos[i] * 255).round().to(torch::kUInt8).permute({1, 2, 0}).contiguous();
    Image picture = Image::of_size(size, size);
    std::copy_n(pixels.data_ptr<std::uint8_t>(), picture.row_bytes() * size, picture.pixels.get());
    const auto found = network->run(picture, *workspace);
    if (!found) throw std::runtime_error(found.error().message);
    probabilities.insert(probabilities.end(), found->probabilities.begin(), found->probabilities.end());
    presence.push_back(found->presence);
    if (!has_map) continue;
    const auto places = network->class_activation(picture, *workspace);
    if (!places) throw std::runtime_error(places.error().message);
    map.insert(map.end(), places->values.begin(), places->values.end());
  }
  nlohmann::json outputs = {{kOnnxOutput, probabilities}, {kOnnxPresence, presence}};
  if (has_map) outputs[kOnnxMap] = map;
  return outputs;
}

// Values of pictures: n/255.
torch::Tensor random_photos(int size) {
  return torch::randint(0, 256, {kPhotos, 3, size, size}).to(torch::kFloat) / 255;
}

nlohmann::json libtorch_outputs(const TorchOutputs& outputs) {
  return {{kOnnxOutput, values_of(torch::softmax(outputs.logits, 1))},
          {kOnnxPresence, values_of(torch::sigmoid(outputs.presence))}};
}

void write_case(const fs::path& folder, const std::string& model, const torch::Tensor& photos,
                const nlohmann::json& expected) {
  fs::create_directories(folder);
  write_file(folder / "model.onnx", model);
  const auto pixels = values_of(photos);
  write_file(folder / "photos.f32", {reinterpret_cast<const char*>(pixels.data()), pixels.size() * sizeof(float)});
  const nlohmann::json json = {{"shape", photos.sizes().vec()}, {"expected", expected}};
  write_file(folder / "case.json", json.dump());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  torch::manual_seed(3);
  const torch::NoGradGuard no_grad;
  for (const std::string& name : network_names()) {
    const int size = 100;  // halved to 25, 13, 7: what rounding does must agree too
    TorchNetwork network(make_network(name, Heads{3, /*presence=*/true}));
    for (auto& item : network.named_parameters()) {
      if (item.value().dim() == 1) item.value().copy_(torch::rand(item.value().sizes()) + 0.3);
    }
    for (int i = 0; i < 20; ++i) network.forward(torch::rand({8, 3, size, size}));
    network.eval();
    const torch::Tensor photos = random_photos(size);
    PlainNetwork plain = fold_for_inference(network.spec(), get_weights(network));
    round_to_half(plain.weights);
    for (const int margin : {0, 14}) {
      plain.spec.margin = margin;
      TorchNetwork used(plain.spec);
      set_weights(used, plain.weights);
      used.eval();
      const std::string model = write_onnx(plain, size, {});
      write_case(fs::path(argv[1]) / (margin == 0 ? name : name + ", margin"), model, photos,
                 {{"LibTorch", libtorch_outputs(used.forward(photos))},
                  {"OpenCV", opencv_outputs(model, photos, has_map(plain.spec))},
                  {"the core", core_outputs(model, photos, 3, has_map(plain.spec))}});
    }
  }
  if (argc > 2) {
    const auto bytes = read_file(fs::path(argv[2]) / "model.onnx");
    const std::string model(bytes.begin(), bytes.end());
    const auto card = read_file(fs::path(argv[2]) / "model.json");
    const int size = nlohmann::json::parse(card.begin(), card.end())["input"]["size"];
    const torch::Tensor photos = random_photos(size);
    write_case(fs::path(argv[1]) / "shipped", model, photos,
               {{"OpenCV", opencv_outputs(model, photos, true)}, {"the core", core_outputs(model, photos, 2, true)}});
  }
}
