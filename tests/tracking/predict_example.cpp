// What catdog-classify's engine makes of an input: predict_example BUNDLE INPUT.f32 SIDE. The input's values are those
// of a picture, n/255.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "inference/engine.h"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const int side = std::atoi(argv[3]);
  const std::size_t plane = static_cast<std::size_t>(side) * side;
  std::vector<float> tensor(3 * plane);
  std::ifstream file(argv[2], std::ios::binary);
  file.read(reinterpret_cast<char*>(tensor.data()), static_cast<std::streamsize>(tensor.size() * sizeof(float)));
  if (!file) return 1;
  catdog::Image picture = catdog::Image::of_size(side, side);
  for (std::size_t i = 0; i < 3 * plane; ++i) {
    picture.pixels[i] = static_cast<std::uint8_t>(std::lround(255 * tensor[i % 3 * plane + i / 3]));
  }
  const catdog::ModelBundle bundle = catdog::read_bundle(argv[1]);
  catdog::EnginePool engines(bundle, catdog::network::Precision::kFloat32);
  for (const float probability : engines.run(picture).probabilities) std::printf("%.7f ", probability);
  return 0;
}
