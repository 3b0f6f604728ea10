// libFuzzer: any bytes as an ONNX file, loaded and run on one picture in both precisions. Under AddressSanitizer and
// UndefinedBehaviorSanitizer.
#include <cmath>
#include <cstdlib>

#include "catdog/network/network.h"
#include "network/onnx_file.h"

namespace {

using namespace catdog;

// Large pictures would only take time.
constexpr int kMostSide = 32;

// What the file itself says that its input and outputs are, so that more than one in a million is run.
network::Signature signature_in(const network::OnnxModel& file) {
  network::Signature signature{"photo", 16, "probabilities", 2, "", ""};
  for (const auto& input : file.inputs) {
    if (input.shape.size() != 4 || input.shape[2] < 1 || input.shape[2] > kMostSide) continue;
    signature.input = input.name;
    signature.size = static_cast<int>(input.shape[2]);
  }
  for (const auto& output : file.outputs) {
    if (output.shape.size() == 4) signature.class_activation = output.name;
    if (output.shape.size() != 2 || output.shape[1] < 1 || output.shape[1] > 1000) continue;
    (output.shape[1] == 1 ? signature.presence : signature.probabilities) = output.name;
    if (output.shape[1] > 1) signature.classes = static_cast<int>(output.shape[1]);
  }
  return signature;
}

Image some_picture(int size) {
  Image picture = Image::of_size(size, size);
  for (int i = 0; i < 3 * size * size; ++i) picture.pixels[i] = static_cast<std::uint8_t>(7 * i);
  return picture;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes{data, size};
  const auto file = network::read_onnx(bytes);
  const network::Signature signature =
      file ? signature_in(*file) : network::Signature{"photo", 16, "probabilities", 2, "", ""};
  for (const auto precision : {network::Precision::kFloat32, network::Precision::kBest}) {
    const auto loaded = network::Network::load(bytes, signature, precision);
    if (!loaded) {
      if (loaded.error().message.find("expected") == std::string::npos) std::abort();
      continue;
    }
    if (loaded->workspace_bytes() > (std::size_t{64} << 20)) continue;  // within its bounds, but it would take long
    const auto workspace = loaded->make_workspace();
    if (!workspace) continue;
    const Image picture = some_picture(signature.size);
    const auto outputs = loaded->run(picture, *workspace);
    if (!outputs || outputs->probabilities.size() != static_cast<std::size_t>(signature.classes)) std::abort();
    if (!signature.class_activation.empty()) {
      const auto map = loaded->class_activation(picture, *workspace);
      if (!map || map->values.size() != static_cast<std::size_t>(map->width) * map->height * signature.classes)
        std::abort();
    }
  }
  return 0;
}
