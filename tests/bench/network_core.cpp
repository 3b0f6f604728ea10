// The core's network as an engine for bench_network.py. Compiled natively or to WebAssembly.
//
// usage: network_core BUNDLE PICTURES int16|float32
#include "catdog/model/card.h"
#include "network_rounds.h"

int main(int argc, char** argv) {
  using namespace catdog;
  if (argc != 4) return 2;
  const std::string bundle = argv[1], precision = argv[3];
  const auto fail = [](const std::string& message) {
    std::fprintf(stderr, "network_core: %s\n", message.c_str());
    return 1;
  };
  const std::vector<std::uint8_t> json = bytes_of_file(bundle + "/model.json");
  const auto card = read_card({json.data(), json.size()});
  if (!card) return fail(card.error().message);
  const std::vector<std::uint8_t> onnx = bytes_of_file(bundle + "/" + card->onnx.name);
  const auto network =
      network::Network::load({onnx.data(), onnx.size()}, signature_of(*card),
                             precision == "int16" ? network::Precision::kInt16 : network::Precision::kFloat32);
  if (!network) return fail(network.error().message);
  const auto workspace = network->make_workspace();
  if (!workspace) return fail("expected memory to run the network, found none");
  answer_rounds("core " + precision, pictures_in(argv[2], card->size), [&](const Image& picture) {
    auto found = network->run(picture, *workspace);
    return found ? std::move(*found) : network::Outputs{};  // no probabilities: bench_network.py misses them
  });
}
