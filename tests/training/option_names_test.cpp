#include "training/network/option_names.h"

#include <gtest/gtest.h>

namespace catdog {
namespace {

using Json = nlohmann::ordered_json;

TEST(OptionNamesTest, FormerNamesBecomeTodays) {
  const Json former = {{"network", "resnet"}, {"rate", 0.002}, {"batch", 64},    {"crop", 128},
                       {"margin", 16},        {"seed", 3},     {"frozen", 2},    {"taught_classes", "map.json"},
                       {"without", {"blur"}}, {"epochs", 4},   {"average", 0.9}, {"presence_weight", 0.4}};
  const Json current = {
      {"network", "resnet_small"},        {"lr", 0.002}, {"batch_size", 64},   {"train_crop_size", 128},
      {"center_crop_margin", 16},         {"seed", 3},   {"freeze_stages", 2}, {"pretrained_class_map", "map.json"},
      {"disable_augmentation", {"blur"}}, {"epochs", 4}, {"ema_decay", 0.9},   {"presence_loss_weight", 0.4}};
  EXPECT_EQ(with_current_names(former), current);
  EXPECT_EQ(with_current_names(current), current);
  EXPECT_EQ(with_current_names({{"network", "resnet_wide"}}), Json({{"network", "resnet_wide"}}));
}

TEST(OptionNamesTest, OnlyTheHeadOfThePretrainedNetworkHadAnotherName) {
  EXPECT_EQ(current_tensor_name("taught.weight"), "pretrained_head.weight");
  EXPECT_EQ(current_tensor_name("now/taught/bias"), "now/pretrained_head/bias");
  EXPECT_EQ(current_tensor_name("untaught.weight"), "untaught.weight");
  EXPECT_EQ(current_tensor_name("stem.conv.weight"), "stem.conv.weight");
  for (const char* name : {"taught.weight", "average/taught/bias", "head.weight"}) {
    EXPECT_EQ(former_tensor_name(current_tensor_name(name)), name);
  }
}

}  // namespace
}  // namespace catdog
