// How accurate a trained network is at each size of use, with each margin: measures the last checkpoint of a training
// on the photos that it held out, and writes OUT/SIZE.onnx or OUT/SIZE-MARGIN.onnx, which bench_sizes.mjs times. JSON
// to stdout.
//
// usage: bench_sizes RUN FEATURES OUT SIZE[-MARGIN]…
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/files.h"
#include "training/data/predict_store.h"
#include "training/network/onnx_writer.h"
#include "training/teachers/trained_network.h"

int main(int argc, char** argv) {
  using namespace catdog;
  if (argc < 5) return 2;
  const std::filesystem::path run = argv[1], out = argv[3];
  const FeatureStore store(argv[2]);
  const auto state = read_trained(run / "last.pt");
  PlainNetwork used = fold_for_inference(state.network.spec, state.network.weights);
  round_to_half(used.weights);
  std::filesystem::create_directories(out);
  auto rows = nlohmann::ordered_json::array();
  for (int i = 4; i < argc; ++i) {
    const std::string name = argv[i];
    const std::size_t dash = name.find('-');
    const int size = std::stoi(name);
    used.spec.margin = dash == name.npos ? 0 : std::stoi(name.substr(dash + 1));
    TorchNetwork network(used.spec);
    set_weights(network, used.weights);
    const Evaluation found = evaluate(network, torch::kCPU, store, store.rows(Split::kValidation), size);
    const Metrics metrics = found.classes.finish();
    write_file(out / (name + ".onnx"), write_onnx(used, size, {}));
    rows.push_back({{"size", size},
                    {"margin", used.spec.margin},
                    {"photos", metrics.photos},
                    {"accuracy", metrics.accuracy},
                    {"log_loss", metrics.loss},
                    {"multiply_adds", cost_of(used.spec, size).multiply_adds}});
  }
  std::printf("%s\n", rows.dump(1).c_str());
}
