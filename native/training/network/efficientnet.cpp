#include "training/network/efficientnet.h"

#include <algorithm>
#include <cmath>

#include "training/network/network_builder.h"

namespace catdog {
namespace {

// An inverted residual (Sandler et al. 2018, "MobileNetV2"): widened, filtered channel by channel, projected without
// an activation.
int inverted_residual(Builder& b, const std::string& name, int from, int out, int kernel, int stride, int expansion) {
  const int wide = b.channels(from) * expansion;
  int x = from;
  if (expansion != 1) x = b.relu6(b.batch_norm(name + ".expand.bn", b.conv(name + ".expand.conv", x, wide, 1, 1)));
  x = b.same_conv(name + ".depthwise.conv", x, wide, kernel, stride, /*groups=*/wide);
  x = b.relu6(b.batch_norm(name + ".depthwise.bn", x));
  x = b.batch_norm(name + ".project.bn", b.conv(name + ".project.conv", x, out, 1, 1));
  return stride == 1 && b.channels(from) == out ? b.add_up(from, x) : x;
}

// Channels times `width`, to a multiple of 8 that is at least nine tenths of it.
int widened(int channels, double width) {
  constexpr int kStep = 8;
  const double wanted = channels * width;
  const int near = std::max(kStep, static_cast<int>(wanted + kStep / 2.0) / kStep * kStep);
  return near < 0.9 * wanted ? near + kStep : near;
}

// `width` and `depth`: factors of channels and blocks. Lite networks widen neither the first nor the last convolution
// and repeat the first and last block no more often.
NetworkSpec make_lite(const char* name, double width, double depth, double dropout, const Heads& heads) {
  Builder b(name, heads);
  // The photos that the published weights were trained on had this mean and deviation.
  constexpr double kMean = 0.498, kDeviation = 0.502;
  int x = b.affine(Layer::kInput, 1 / kDeviation, -kMean / kDeviation);
  x = b.relu6(b.batch_norm("stem.bn", b.same_conv("stem.conv", x, 32, 3, 2)));
  const struct {
    int blocks, kernel, stride, expansion, channels;
  } stages[] = {{1, 3, 1, 1, 16},  {2, 3, 2, 6, 24},  {2, 5, 2, 6, 40}, {3, 3, 2, 6, 80},
                {3, 5, 1, 6, 112}, {4, 5, 2, 6, 192}, {1, 3, 1, 6, 320}};
  int number = 0;
  for (const auto& [blocks, kernel, stride, expansion, channels] : stages) {
    const int repeats = blocks == 1 ? 1 : static_cast<int>(std::ceil(blocks * depth));
    for (int i = 0; i < repeats; ++i) {
      b.next_stage();
      x = inverted_residual(b, "blocks." + std::to_string(number++), x, widened(channels, width), kernel,
                            i == 0 ? stride : 1, expansion);
    }
  }
  b.next_stage();
  x = b.relu6(b.batch_norm("top.bn", b.conv("top.conv", x, 1280, 1, 1)));
  NetworkSpec spec = b.finish(b.global_average_pool(x), dropout);
  spec.batch_norm_epsilon = 1e-3;
  return spec;
}

}  // namespace

NetworkSpec make_efficientnet_lite0(const Heads& heads) { return make_lite("efficientnet_lite0", 1, 1, 0.2, heads); }

NetworkSpec make_efficientnet_lite2(const Heads& heads) {
  return make_lite("efficientnet_lite2", 1.1, 1.2, 0.3, heads);
}

}  // namespace catdog
