// Weights of a pretrained network: read, refused, started from.
#include "training/network/pretrained.h"

#include <gtest/gtest.h>

#include <fstream>

#include "pretrained_weights.h"
#include "support/temporary_folder.h"

namespace catdog {
namespace {

constexpr const char* kName = "efficientnet_lite0";
constexpr int kPretrainedClasses = 7;

class PretrainedTest : public testing::Test {
 protected:
  void SetUp() override {
    torch::manual_seed(4);
    network_ = pretrained_network(kName, kPretrainedClasses);
    weights_ = get_weights(*network_);
  }

  std::filesystem::path write(const std::string& bytes) {
    const auto file = folder_.path() / "weights.safetensors";
    write_file(file, bytes);
    return file;
  }

  // What reading and starting from the file says is wrong with it.
  std::string complaint(const std::string& bytes) {
    try {
      start_from(read_pretrained(write(bytes).string(), kName),
                 make_network(kName, Heads{2, true, kPretrainedClasses}));
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }

  TemporaryFolder folder_;
  std::shared_ptr<TorchNetwork> network_;
  Weights weights_;
};

TEST_F(PretrainedTest, StartsAsItWasTaughtAndUndecidedAboutTheRest) {
  const Pretrained read = read_pretrained(write(as_safetensors(weights_)).string(), kName);
  EXPECT_EQ(read.classes(), kPretrainedClasses);
  const PlainNetwork start = start_from(read, make_network(kName, Heads{3, true, kPretrainedClasses}));
  for (const Layer& layer : start.spec.layers) EXPECT_NE(layer.op, Op::kBatchNorm) << "they are folded away";
  TorchNetwork network(start.spec);
  set_weights(network, start.weights);
  network.eval();
  const torch::NoGradGuard no_grad;
  const torch::Tensor photos = torch::rand({4, 3, 64, 64});
  const TorchOutputs expected = network_->forward(photos), found = network.forward(photos);
  EXPECT_LT((found.pretrained_head - expected.pretrained_head).abs().max().item<double>(),
            1e-3 * expected.pretrained_head.abs().max().item<double>());
  EXPECT_EQ(found.logits.abs().max().item<double>(), 0) << "no label is more probable than another";
  EXPECT_EQ(found.presence.abs().max().item<double>(), 0);
}

TEST_F(PretrainedTest, WhatDoesNotFitIsNamed) {
  Weights changed = weights_;
  changed.erase("stem.conv.weight");
  EXPECT_NE(complaint(as_safetensors(changed)).find("expected 'stem.conv.weight' of 32×3×3×3, found none"),
            std::string::npos)
      << complaint(as_safetensors(changed));
  changed = weights_;
  changed["stem.conv.weight"].shape = {32, 27};
  EXPECT_NE(complaint(as_safetensors(changed)).find("found 32×27"), std::string::npos);
  changed = weights_;
  changed.erase("pretrained_head.weight");
  EXPECT_NE(complaint(as_safetensors(changed)).find("'pretrained_head.weight'"), std::string::npos);
}

TEST_F(PretrainedTest, DamagedFilesAreRefused) {
  const std::string whole = as_safetensors(weights_);
  EXPECT_EQ(complaint(whole), "");
  for (const std::size_t length : {0, 7, 8, 100, 5000}) {
    EXPECT_NE(complaint(whole.substr(0, length)).find("weights.safetensors: expected"), std::string::npos) << length;
  }
  EXPECT_NE(complaint(whole.substr(0, whole.size() - 4)).find("inside the file"), std::string::npos);
  std::string other = whole;
  other.replace(other.find("F32"), 3, "F64");
  EXPECT_NE(complaint(other).find("as F32"), std::string::npos);
  EXPECT_NE(complaint("{}" + whole).find("safetensors"), std::string::npos);
}

TEST_F(PretrainedTest, MissingFileSaysHowToMakeIt) {
  try {
    read_pretrained((folder_.path() / "none").string(), kName);
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("scripts/pretrained"), std::string::npos);
  }
  EXPECT_THROW(read_pretrained("imagenet", "resnet_small"), std::runtime_error);
}

}  // namespace
}  // namespace catdog
