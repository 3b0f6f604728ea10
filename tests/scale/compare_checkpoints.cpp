// Prints how far the weights of two checkpoints (those now, and their average) lie apart: the mean difference of a
// layer's, of the layer that differs most. Not the largest difference: Adam makes whole steps of the rounding of a
// weight whose gradient vanishes.
//
// usage: compare_checkpoints ONE.pt OTHER.pt
#include <torch/torch.h>

#include <algorithm>
#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  torch::serialize::InputArchive one, other;
  one.load_from(argv[1]);
  other.load_from(argv[2]);
  double most = 0;
  int compared = 0;
  for (const std::string& name : one.keys()) {
    if (name.rfind("now/", 0) != 0 && name.rfind("average/", 0) != 0) continue;
    torch::Tensor left, right;
    one.read(name, left);
    other.read(name, right);
    most = std::max(most, (left - right).abs().to(torch::kDouble).mean().item<double>());
    ++compared;
  }
  if (compared == 0) return 1;
  std::printf("%.9f\n", most);
}
