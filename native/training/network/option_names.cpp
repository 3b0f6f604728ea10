#include "training/network/option_names.h"

#include <map>

namespace catdog {
namespace {

const std::map<std::string, std::string>& renamed_options() {
  static const std::map<std::string, std::string> names = {{"rate", "lr"},
                                                           {"batch", "batch_size"},
                                                           {"warm_up", "warmup_epochs"},
                                                           {"smoothing", "label_smoothing"},
                                                           {"average", "ema_decay"},
                                                           {"crop", "train_crop_size"},
                                                           {"first_crop", "progressive_crop_start"},
                                                           {"margin", "center_crop_margin"},
                                                           {"leave_out", "prune_easy"},
                                                           {"without", "disable_augmentation"},
                                                           {"blur", "blur_scale"},
                                                           {"taught_classes", "pretrained_class_map"},
                                                           {"taught_weight", "lwf_weight"},
                                                           {"teacher_weight", "distillation_weight"},
                                                           {"layer_decay", "layer_lr_decay"},
                                                           {"head_rate", "head_lr_factor"},
                                                           {"frozen", "freeze_stages"},
                                                           {"presence_weight", "presence_loss_weight"}};
  return names;
}

const std::string kFormerHead = "taught", kHead = "pretrained_head";

// `name` with `to` in place of `from` where that is one of its parts between dots or slashes.
std::string with_part(const std::string& name, const std::string& from, const std::string& to) {
  for (std::size_t at = name.find(from); at != std::string::npos; at = name.find(from, at + 1)) {
    const auto ends = [&](std::size_t place) {
      return place >= name.size() || name[place] == '.' || name[place] == '/';
    };
    if ((at == 0 || ends(at - 1)) && ends(at + from.size())) return std::string(name).replace(at, from.size(), to);
  }
  return name;
}

}  // namespace

nlohmann::ordered_json with_current_names(const nlohmann::ordered_json& options) {
  nlohmann::ordered_json current = nlohmann::ordered_json::object();
  for (const auto& [name, value] : options.items()) {
    const auto renamed = renamed_options().find(name);
    current[renamed == renamed_options().end() ? name : renamed->second] = value;
  }
  for (const char* network : {"cnn", "resnet"}) {
    if (current.value("network", "") == network) current["network"] = std::string(network) + "_small";
  }
  return current;
}

std::string current_tensor_name(const std::string& name) { return with_part(name, kFormerHead, kHead); }
std::string former_tensor_name(const std::string& name) { return with_part(name, kHead, kFormerHead); }

}  // namespace catdog
