// network_answers OUT BUNDLE: writes the bundle's network and random ones, and pictures of exactly their sizes, into
// the folder OUT; prints for each network, precision and picture what the engine answers, to the last bit. The same
// answers are asked of WebAssembly in network_answers.mjs.
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "catdog/model/classifier.h"
#include "network/onnx_maker.h"
#include "support/hash.h"
#include "support/test_data.h"
#include "support/tool.h"

namespace {

namespace fs = std::filesystem;
using catdog::network::Precision;

constexpr unsigned kRandomNetworks = 40;

void write(const fs::path& file, const std::string& bytes) {
  std::ofstream out(file, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) throw std::runtime_error("expected to write " + file.string() + ", found that it failed");
}

// As PPM: decoding it, and resizing it to the size that it has, changes nothing.
std::string portable_pixmap(const catdog::Image& picture) {
  std::string file = "P6\n" + std::to_string(picture.width) + " " + std::to_string(picture.height) + "\n255\n";
  file.append(reinterpret_cast<const char*>(picture.pixels.get()), picture.row_bytes() * picture.height);
  return file;
}

template <class T>
const T& value_of(const catdog::Result<T>& result) {
  if (!result) throw std::runtime_error(result.error().message);
  return *result;
}

void print_bits(const float* values, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t bits;
    std::memcpy(&bits, &values[i], sizeof bits);
    std::printf(" %08x", bits);
  }
}

// NETWORK SIZE LABELS PRECISION PICTURE PROBABILITY… PRESENCE ACTIVATION: bits, and the SHA-256 of an activation's.
void print_answers(const fs::path& out, const std::string& name, const std::string& onnx,
                   const catdog::ModelCard& card) {
  for (const Precision precision : {Precision::kFloat32, Precision::kInt16}) {
    auto loaded = catdog::Classifier::load(catdog::bytes_of(onnx), card, precision);
    value_of(loaded);
    for (unsigned seed = 1; seed <= 3; ++seed) {
      const std::string picture = std::to_string(card.size) + "-" + std::to_string(seed) + ".ppm";
      const std::string file = portable_pixmap(catdog::random_picture(card.size, seed));
      write(out / picture, file);
      const auto found = loaded->classify(catdog::bytes_of(file));
      const auto& outputs = value_of(found).outputs;
      std::printf("%s %d %zu %s %s", name.c_str(), card.size, card.labels.size(),
                  precision == Precision::kInt16 ? "int16" : "float32", picture.c_str());
      print_bits(outputs.probabilities.data(), outputs.probabilities.size());
      print_bits(&outputs.presence, 1);
      if (card.class_activation.empty()) {
        std::printf(" -\n");
        continue;
      }
      const auto where = loaded->explain(found->photo.picture, 0);
      const std::vector<float>& values = value_of(where).values;
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(values.data());
      std::printf(" %s\n", catdog::sha256({bytes, values.size() * sizeof values[0]}).c_str());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  fs::path out, bundle;
  CLI::App app{"Prints what the engine answers of networks and pictures, to the last bit.", "network_answers"};
  app.add_option("out", out, "Folder for networks and pictures")->required();
  app.add_option("bundle", bundle, "A model bundle with ranges")->required();
  return catdog::run_tool(app, argc, argv, [&] {
    fs::create_directories(out);
    for (unsigned seed = 0; seed < kRandomNetworks; ++seed) {
      const catdog::RandomNetwork made = catdog::random_network(seed);
      catdog::ModelCard card;
      card.labels = {"0", "1", "2"};
      card.size = made.signature.size;
      card.input = made.signature.input;
      card.probabilities = made.signature.probabilities;
      const std::string name = "random-" + std::to_string(seed) + ".onnx", file = catdog::with_ranges(made);
      write(out / name, file);
      print_answers(out, name, file, card);
    }
    const auto json = catdog::bytes_of(bundle / "model.json"), onnx = catdog::bytes_of(bundle / "model.onnx");
    write(out / "bundle.json", {json.begin(), json.end()});
    write(out / "bundle.onnx", {onnx.begin(), onnx.end()});
    print_answers(out, "bundle.onnx", {onnx.begin(), onnx.end()},
                  value_of(catdog::read_card({json.data(), json.size()})));
  });
}
