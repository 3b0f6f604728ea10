// Writes weights of an EfficientNet-Lite0 that was quickly taught to tell stripes of so many directions apart:
// make_pretrained OUT.safetensors CLASSES
#include <cmath>
#include <cstdlib>

#include "pretrained_weights.h"

namespace {

constexpr int kSteps = 120, kPhotos = 32, kSide = 40;

// Stripes in the direction of their class, of any phase and colour.
torch::Tensor stripes(const torch::Tensor& labels, int classes) {
  const torch::Tensor along = torch::arange(kSide).to(torch::kFloat);
  const torch::Tensor turn = labels.to(torch::kFloat).mul(M_PI / classes).view({-1, 1, 1});
  const torch::Tensor phase = torch::rand({labels.size(0), 1, 1}) * 2 * M_PI;
  const torch::Tensor place = along.view({1, 1, -1}) * turn.cos() + along.view({1, -1, 1}) * turn.sin();
  const torch::Tensor grey = 0.5 + 0.5 * torch::sin(place * 0.9 + phase);
  return grey.unsqueeze(1) * (0.4 + 0.6 * torch::rand({labels.size(0), 3, 1, 1}));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  torch::manual_seed(5);
  const int classes = std::atoi(argv[2]);
  catdog::TorchNetwork network(catdog::make_network("efficientnet_lite0", catdog::Heads{2, false, classes}));
  torch::optim::AdamW optimizer(network.parameters(), torch::optim::AdamWOptions(2e-3));
  for (int step = 0; step < kSteps; ++step) {
    const torch::Tensor labels = torch::randint(classes, {kPhotos}, torch::kLong);
    optimizer.zero_grad();
    torch::cross_entropy_loss(network.forward(stripes(labels, classes)).pretrained_head, labels).backward();
    optimizer.step();
  }
  catdog::write_file(argv[1], catdog::as_safetensors(catdog::get_weights(network)));
}
