// Writes small ONNX files of many kinds of layers into a folder: what the fuzzer begins with.
//
// usage: make_test_networks FOLDER
#include <filesystem>
#include <fstream>

#include "onnx_maker.h"

namespace {

using namespace catdog;
constexpr int kSize = 11, kClasses = 2;

// Three channels of the photo become `channels`, by the layers of one kind.
std::string layers(OnnxMaker& m, int kind, int& channels) {
  std::string x = m.relu6(m.conv("photo", 3, channels, 3, 2, 1));
  const auto window = [&](const char* type) {
    onnx::NodeProto& pool = m.node(type, {x}, "pooled" + x);
    m.ints(pool, "kernel_shape", {3, 3});
    m.ints(pool, "strides", {2, 2});
    m.text(pool, "auto_pad", "SAME_UPPER");
    return "pooled" + x;
  };
  switch (kind) {
    case 0: return m.conv(x, channels, channels, 3, 1, 1, channels);
    case 1: return m.conv(x, channels, channels, 5, 2, 2, channels);
    case 2: return window("MaxPool");
    case 3: return window("AveragePool");
    case 4: m.node("Add", {x, m.conv(x, channels, channels, 1, 1, 0)}, "sum"); return "sum";
    case 5:
      m.node("Pad", {x, m.integers("pads", {0, 0, 1, 1, 0, 0, 1, 1})}, "padded");
      return m.conv("padded", channels, channels, 3, 1, 0);
    case 6:
      m.node("Slice", {x, m.integers("from", {1, 1}), m.integers("to", {5, 5}), m.integers("axes", {2, 3})}, "part");
      return "part";
    case 7:
      m.text(m.node("Resize", {x, "", m.floats("scales", {4}, {1, 1, 2, 2})}, "large"), "mode", "nearest");
      return "large";
    case 8:
      m.node("Mul", {x, m.floats("two", {}, {2})}, "double");
      m.node("Add", {"double", x}, "sum");
      return "sum";
    default: return m.conv(x, channels, channels, 3, 1, 2, 2, 2);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::filesystem::create_directories(argv[1]);
  for (int kind = 0; kind < 10; ++kind) {
    OnnxMaker maker(kSize, static_cast<unsigned>(kind));
    int channels = 4;
    const std::string features = layers(maker, kind, channels);
    maker.finish(features, channels, kClasses);
    maker.integer(maker.node("Gemm", {"flat", maker.random("sees", {1, channels}, 1)}, "seen"), "transB", 1);
    maker.node("Sigmoid", {"seen"}, "presence");
    maker.output("presence", {1});
    maker.node("Conv", {features, maker.random("places", {kClasses, channels, 1, 1}, 1)}, "map");
    maker.output("map", {kClasses, -1, -1});
    const network::Signature signature{"photo", kSize, "probabilities", kClasses, "presence", "map"};
    const auto loaded = network::Network::load(bytes_of(maker.file()), signature);
    if (!loaded) return 1;
    std::vector<network::Range> ranges;
    if (!loaded->observe(random_picture(kSize, 1), *loaded->make_workspace(), ranges)) return 1;
    maker.metadata(network::kRangesKey, network::ranges_text(ranges));
    const std::string file = maker.file();
    std::ofstream(std::filesystem::path(argv[1]) / (std::to_string(kind) + ".onnx"), std::ios::binary) << file;
    if (file.size() > 4096) return 1;  // longer ones are cut by the fuzzer
  }
  return 0;
}
