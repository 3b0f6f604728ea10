// The network descriptions as LibTorch executes them, with and without BatchNorm, and as ONNX in OpenCV.
#include <gtest/gtest.h>

#include <opencv2/dnn.hpp>

#include "catdog/network/network.h"
#include "inference/wide_weights.h"
#include "training/network/onnx_writer.h"
#include "training/network/torch_network.h"

namespace catdog {
namespace {

// Stated once: design contract between LibTorch, cv::dnn and onnxruntime-web.
constexpr double kProbabilityTolerance = 1e-4;
constexpr double kCoreTolerance = 1e-5;

class NetworkTest : public testing::TestWithParam<std::string> {};

// Photos of noise, each in a colour of its own.
torch::Tensor random_photos(int count, int size) {
  return (255 * torch::rand({count, 3, size, size}) * torch::rand({count, 3, 1, 1})).round() /
         255;  // as pictures have them
}

// A network whose BatchNorm statistics, scales and shifts are anything but the identity.
std::shared_ptr<TorchNetwork> random_network(const std::string& name, int classes) {
  torch::manual_seed(11);
  auto network = std::make_shared<TorchNetwork>(make_network(name, Heads{classes}));
  const torch::NoGradGuard no_grad;
  for (auto& item : network->named_parameters()) {
    if (item.value().dim() != 1) continue;
    // Shifts that let most through ReLU: a network that cuts half away everywhere makes much of every rounding.
    const bool shift = item.key().find("/bias") != std::string::npos;
    item.value().copy_(torch::rand(item.value().sizes()) + (shift ? 1 : 0.5));
  }
  // Statistics of what really comes through: random ones, or those it begins with, would let the signal die in a deep
  // network.
  for (auto& item : network->named_buffers()) item.value().zero_();
  network->train();
  for (int i = 0; i < 20; ++i) network->forward(random_photos(8, 64));
  network->eval();
  return network;
}

torch::Tensor probabilities(TorchNetwork& network, const torch::Tensor& photos) {
  const torch::NoGradGuard no_grad;
  return torch::softmax(network.forward(photos).logits, 1);
}

TEST_P(NetworkTest, FoldingBatchNormKeepsTheFunction) {
  const auto network = random_network(GetParam(), 3);
  const PlainNetwork plain = fold_batch_norm(network->spec(), get_weights(*network));
  for (const Layer& layer : plain.spec.layers) EXPECT_NE(layer.op, Op::kBatchNorm);
  TorchNetwork folded(plain.spec);
  set_weights(folded, plain.weights);
  folded.eval();
  const torch::Tensor photos = random_photos(4, 96);
  const torch::Tensor expected = probabilities(*network, photos);
  EXPECT_LT((probabilities(folded, photos) - expected).abs().max().item<double>(), 1e-5);
  EXPECT_GT(expected.std(0).max().item<double>(), 1e-4) << "photos must not all look the same to the network";
}

cv::dnn::Net opencv_network(const PlainNetwork& network, int size) {
  const std::string model = write_onnx(network, size, {});
  const auto wide = with_wide_weights({reinterpret_cast<const std::uint8_t*>(model.data()), model.size()});
  return cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(wide.data()), wide.size());
}

// The picture whose tensor photo `i` is.
Image picture_of(const torch::Tensor& photos, std::int64_t i) {
  const torch::Tensor bytes = (photos[i] * 255).round().to(torch::kUInt8).permute({1, 2, 0}).contiguous();
  Image picture = Image::of_size(static_cast<int>(photos.size(3)), static_cast<int>(photos.size(2)));
  std::memcpy(picture.pixels.get(), bytes.data_ptr<std::uint8_t>(), picture.row_bytes() * picture.height);
  return picture;
}

// Beside LibTorch in double precision. Random weights let rounding grow: where LibTorch in single precision is off, the
// core may be as much.
void expect_core_agrees(const PlainNetwork& used, const torch::Tensor& photos, const torch::Tensor& single) {
  const int size = static_cast<int>(photos.size(2)), classes = static_cast<int>(single.size(1));
  TorchNetwork exact(used.spec);
  set_weights(exact, used.weights);
  exact.to(torch::kDouble);
  exact.eval();
  const torch::Tensor expected = probabilities(exact, photos.to(torch::kDouble));
  const double inherent = (single - expected).abs().max().item<double>();
  const std::string model = write_onnx(used, size, {});
  network::Signature signature{kOnnxInput, size, kOnnxOutput, classes, "", ""};
  if (used.spec.presence != NetworkSpec::kNone) signature.presence = kOnnxPresence;
  if (has_map(used.spec)) signature.class_activation = kOnnxMap;
  const auto engine =
      network::Network::load({reinterpret_cast<const std::uint8_t*>(model.data()), model.size()}, signature);
  ASSERT_TRUE(engine) << engine.error().message;
  double most = 0;
  for (std::int64_t i = 0; i < photos.size(0); ++i) {
    const auto found = engine->run(picture_of(photos, i), *engine->make_workspace());
    ASSERT_TRUE(found);
    for (int c = 0; c < classes; ++c) {
      most = std::max(most, std::abs(found->probabilities[c] - expected[i][c].item<double>()));
    }
  }
  EXPECT_LE(most, std::max(kCoreTolerance, 2 * inherent)) << "LibTorch in single precision: " << inherent;
}

void expect_engines_agree(const std::string& name, int size, int margin = 0) {
  const auto trained = random_network(name, 3);
  PlainNetwork used = fold_for_inference(trained->spec(), get_weights(*trained));
  used.spec.margin = margin;
  round_to_half(used.weights);
  const auto network = std::make_shared<TorchNetwork>(used.spec);
  set_weights(*network, used.weights);
  network->eval();
  cv::dnn::Net net = opencv_network(used, size);
  for (const int count : {1, 5}) {
    const torch::Tensor photos = random_photos(count, size);
    const torch::Tensor expected = probabilities(*network, photos).contiguous();
    const int shape[] = {count, 3, size, size};
    expect_core_agrees(used, photos, expected);
    net.setInput(cv::Mat(4, shape, CV_32F, photos.data_ptr<float>()), kOnnxInput);
    const cv::Mat found = net.forward(kOnnxOutput);
    ASSERT_EQ(found.total(), static_cast<std::size_t>(expected.numel()));
    for (std::int64_t i = 0; i < expected.numel(); ++i) {
      EXPECT_NEAR(found.ptr<float>()[i], expected.data_ptr<float>()[i], kProbabilityTolerance);
    }
  }
}

TEST_P(NetworkTest, EnginesReadTheOnnxModelAndAgree) { expect_engines_agree(GetParam(), 64); }

TEST_P(NetworkTest, TakesPhotosOfAnySize) {
  // 100 is halved to 50, 25, 13, 7, 4: ways around a block must round as the block does.
  expect_engines_agree(GetParam(), 100);
  const NetworkSpec spec = make_network(GetParam(), Heads{2});
  for (const int size : {99, least_size(spec)}) {
    const std::vector<int> sides = sides_of(spec, size);
    for (const Layer& layer : spec.layers) {
      if (layer.op != Op::kAdd) continue;
      EXPECT_EQ(sides[layer.inputs[0]], sides[layer.inputs[1]]) << size;
    }
    TorchNetwork network(spec);
    network.eval();
    EXPECT_EQ(network.forward(random_photos(2, size)).logits.size(1), 2);
  }
}

TEST_P(NetworkTest, DoesNotLookAtTheMargin) {
  constexpr int kSize = 100, kMargin = 12;
  expect_engines_agree(GetParam(), kSize, kMargin);
  const auto whole = random_network(GetParam(), 3);
  NetworkSpec spec = whole->spec();
  spec.margin = kMargin;
  TorchNetwork network(spec);
  set_weights(network, get_weights(*whole));
  network.eval();
  const torch::Tensor photos = random_photos(2, kSize);
  const torch::Tensor centre =
      photos.slice(2, kMargin, kSize - kMargin).slice(3, kMargin, kSize - kMargin).contiguous();
  const torch::Tensor expected = probabilities(*whole, centre);
  EXPECT_TRUE(torch::equal(probabilities(network, photos), expected));
  EXPECT_FALSE(torch::equal(probabilities(*whole, photos), expected));
  EXPECT_EQ(cost_of(spec, kSize).multiply_adds, cost_of(whole->spec(), kSize - 2 * kMargin).multiply_adds);
  // Training crops are looked at as they are.
  network.train();
  whole->train();
  torch::manual_seed(5);
  const torch::Tensor learning = network.forward(centre).logits;
  torch::manual_seed(5);
  EXPECT_TRUE(torch::equal(learning, whole->forward(centre).logits));
}

TEST(ActivationMapTest, OfANetworkWithAMarginCoversTheWholePhoto) {
  constexpr int kSize = 192, kMargin = 16;  // 160 pixels are looked at: 5 × 5 places, of 32 pixels each
  const auto network = random_network("resnet_small", 3);
  PlainNetwork used = fold_for_inference(network->spec(), get_weights(*network));
  const auto map_of = [&](int size, const torch::Tensor& photo) {
    cv::dnn::Net net = opencv_network(used, size);
    const torch::Tensor plain = photo.contiguous();
    const int shape[] = {1, 3, size, size};
    net.setInput(cv::Mat(4, shape, CV_32F, plain.data_ptr<float>()), kOnnxInput);
    const cv::Mat map = net.forward(kOnnxMap);
    return torch::from_blob(map.data, {map.size[1], map.size[2], map.size[3]}).clone();
  };
  const torch::Tensor photo = random_photos(1, kSize);
  const torch::Tensor centre = photo.slice(2, kMargin, kSize - kMargin).slice(3, kMargin, kSize - kMargin);
  const torch::Tensor plain = map_of(kSize - 2 * kMargin, centre);
  used.spec.margin = kMargin;
  const torch::Tensor whole = map_of(kSize, photo);
  ASSERT_EQ(plain.sizes(), torch::IntArrayRef({3, 5, 5}));
  ASSERT_EQ(whole.sizes(), torch::IntArrayRef({3, 24, 24}));  // of 8 pixels each, two of them in each margin
  const torch::Tensor finer = plain.repeat_interleave(4, 1).repeat_interleave(4, 2);
  const torch::Tensor padded = torch::constant_pad_nd(finer, {2, 2, 2, 2});
  const torch::Tensor expected = torch::avg_pool2d(padded, 5, 1, 2, false, /*count_include_pad=*/false);
  EXPECT_LT((whole - expected).abs().max().item<double>(), 1e-5);
}

TEST_P(NetworkTest, WeightsGoOutAndComeBack) {
  const auto network = random_network(GetParam(), 2);
  TorchNetwork other(make_network(GetParam(), Heads{2}));
  set_weights(other, get_weights(*network));
  other.eval();
  const torch::Tensor photos = torch::rand({2, 3, 48, 48});
  EXPECT_TRUE(torch::equal(probabilities(other, photos), probabilities(*network, photos)));
  TorchNetwork three(make_network(GetParam(), Heads{3}));
  EXPECT_THROW(set_weights(three, get_weights(*network)), std::runtime_error);
}

TEST_P(NetworkTest, CostCountsTheParametersThatLibTorchHolds) {
  TorchNetwork network(make_network(GetParam(), Heads{2}));
  std::int64_t parameters = 0;
  for (const torch::Tensor& parameter : network.parameters()) parameters += parameter.numel();
  EXPECT_EQ(cost_of(network.spec(), 128).parameters, parameters);
}

INSTANTIATE_TEST_SUITE_P(EachNetwork, NetworkTest, testing::ValuesIn(network_names()),
                         [](const auto& test) { return test.param; });

TEST(NetworkCostTest, ResidualNetworkHasTheSizeItWasDesignedFor) {
  const NetworkCost cost = cost_of(make_network("resnet_small", Heads{2}), 128);
  EXPECT_GE(cost.multiply_adds, 80'000'000);
  EXPECT_LE(cost.multiply_adds, 100'000'000);
  EXPECT_LE(cost.parameters * 4, 8'000'000) << "a bundle of at most 8 MB";
}

TEST(NetworkCostTest, CountsOneConvolutionByHand) {
  NetworkSpec spec;
  Layer conv{};
  conv.op = Op::kConv, conv.inputs = {Layer::kInput}, conv.in = 3, conv.out = 8, conv.kernel = 3, conv.stride = 2;
  conv.padding = 1, conv.bias = true;
  spec.layers = {conv};
  EXPECT_EQ(cost_of(spec, 10).parameters, 3 * 8 * 9 + 8);
  EXPECT_EQ(cost_of(spec, 10).multiply_adds, 3 * 8 * 9 * 5 * 5);
}

}  // namespace
}  // namespace catdog
