// What catdog-classify's engine makes of an input: predict_example BUNDLE INPUT.f32 SIDE
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "inference/network.h"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const int side = std::atoi(argv[3]);
  std::vector<float> tensor(std::size_t{3} * side * side);
  std::ifstream file(argv[2], std::ios::binary);
  file.read(reinterpret_cast<char*>(tensor.data()), static_cast<std::streamsize>(tensor.size() * sizeof(float)));
  if (!file) return 1;
  catdog::Network network(catdog::read_bundle(argv[1]));
  for (const float probability : network.run(tensor, 1).probabilities) std::printf("%.7f ", probability);
  return 0;
}
