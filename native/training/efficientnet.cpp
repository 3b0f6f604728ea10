#include "training/efficientnet.h"

#include "training/network_builder.h"

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

}  // namespace

NetworkSpec make_efficientnet_lite0(const Heads& heads) {
  Builder b("efficientnet_lite0", heads);
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
    for (int i = 0; i < blocks; ++i) {
      b.next_stage();
      x = inverted_residual(b, "blocks." + std::to_string(number++), x, channels, kernel, i == 0 ? stride : 1,
                            expansion);
    }
  }
  b.next_stage();
  x = b.relu6(b.batch_norm("top.bn", b.conv("top.conv", x, 1280, 1, 1)));
  NetworkSpec spec = b.finish(b.global_average_pool(x), 0.2);
  spec.batch_norm_epsilon = 1e-3;
  return spec;
}

}  // namespace catdog
