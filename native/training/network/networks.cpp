// The networks that can be trained, layer by layer.
#include <stdexcept>

#include "training/network/efficientnet.h"
#include "training/network/network_builder.h"

namespace catdog {
namespace {

// Convolution + ReLU and pooling four times, then dense layers. Averaging over the picture before the dense layers
// lets it train on smaller crops than it is used on.
NetworkSpec make_cnn(const Heads& heads) {
  Builder b("cnn_small", heads);
  int x = Layer::kInput;
  int number = 1;
  for (const int channels : {32, 64, 128, 128}) {
    x = b.relu(b.conv("conv" + std::to_string(number++), x, channels, 3, 1, /*bias=*/true));
    x = b.pool(Op::kMaxPool, x, 2, 2);
  }
  x = b.global_average_pool(x);
  return b.finish(b.relu(b.linear("dense", x, 128)), 0.3);
}

// Two 3×3 convolutions and a way around them (He et al. 2016, "Deep residual learning for image recognition"); where
// the size halves, the way around averages before its 1×1 convolution (He et al. 2019, "Bag of tricks", ResNet-D).
int residual_block(Builder& b, const std::string& name, int from, int channels, int stride) {
  int x = b.relu(b.batch_norm(name + ".bn1", b.conv(name + ".conv1", from, channels, 3, stride)));
  x = b.batch_norm(name + ".bn2", b.conv(name + ".conv2", x, channels, 3, 1), /*zero_init=*/true);
  int around = from;
  if (stride != 1) around = b.same_average_pool(around, stride);
  if (b.channels(from) != channels) {
    around = b.batch_norm(name + ".bn0", b.conv(name + ".conv0", around, channels, 1, 1));
  }
  return b.relu(b.add_up(x, around));
}

// `width`: factor of the channels, in quarters.
NetworkSpec make_resnet(const char* name, int width, const Heads& heads) {
  Builder b(name, heads);
  int x = b.relu(b.batch_norm("stem.bn", b.conv("stem.conv", Layer::kInput, 24 * width / 4, 3, 2)));
  x = b.pool(Op::kMaxPool, x, 3, 2, 1);
  const struct { int channels, blocks; } stages[] = {{24, 1}, {64, 2}, {128, 2}, {256, 1}};
  int stage = 1;
  for (const auto& [channels, blocks] : stages) {
    for (int i = 0; i < blocks; ++i) {
      const std::string block = "stage" + std::to_string(stage) + "." + std::to_string(i);
      x = residual_block(b, block, x, channels * width / 4, stage > 1 && i == 0 ? 2 : 1);
    }
    ++stage;
  }
  return b.finish(b.global_average_pool(x), 0.2);
}

using Maker = NetworkSpec (*)(const Heads&);
constexpr std::pair<const char*, Maker> kMakers[] = {
    {"cnn_small", make_cnn},
    {"resnet_small", [](const Heads& heads) { return make_resnet("resnet_small", 4, heads); }},
    {"resnet_wide", [](const Heads& heads) { return make_resnet("resnet_wide", 6, heads); }},
    {"efficientnet_lite0", make_efficientnet_lite0},
    {"efficientnet_lite2", make_efficientnet_lite2}};

}  // namespace

std::vector<std::string> network_names() {
  std::vector<std::string> names;
  for (const auto& [name, maker] : kMakers) names.emplace_back(name);
  return names;
}

NetworkSpec make_network(const std::string& name, const Heads& heads) {
  std::string known;
  for (const auto& [one, maker] : kMakers) {
    if (name == one) return maker(heads);
    known += (known.empty() ? "" : ", ") + std::string(one);
  }
  throw std::invalid_argument("expected a network (" + known + "), found '" + name + "'");
}

}  // namespace catdog
