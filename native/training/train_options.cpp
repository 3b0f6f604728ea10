#include "training/train_options.h"

#include <algorithm>

#include "support/files.h"

namespace catdog {

nlohmann::ordered_json binding_options(const TrainOptions& o) {
  nlohmann::ordered_json binding = {{"network", o.network},
                                    {"epochs", o.epochs},
                                    {"batch", o.batch},
                                    {"size", o.size},
                                    {"crop", o.crop},
                                    {"rate", o.rate},
                                    {"weight_decay", o.weight_decay},
                                    {"warm_up", o.warm_up},
                                    {"smoothing", o.smoothing},
                                    {"average", o.average},
                                    {"seed", o.seed},
                                    {"augment", o.augment},
                                    {"fold", o.fold},
                                    {"exclude", o.left_out}};
  if (!o.pretrained.empty()) {
    binding.update({{"pretrained", o.pretrained},
                    {"taught_classes", o.taught_classes.filename().string()},
                    {"taught_weight", o.taught_weight},
                    {"head_epochs", o.head_epochs},
                    {"layer_decay", o.layer_decay},
                    {"head_rate", o.head_rate},
                    {"frozen", o.frozen}});
  }
  if (!o.without.empty()) binding["without"] = o.without;
  if (o.wide) binding["wide"] = true;
  if (o.blur != 1) binding["blur"] = o.blur;
  if (o.margin != 0) binding["margin"] = o.margin;
  if (o.mixup != 0) binding["mixup"] = o.mixup;
  if (o.leave_out != 0) binding["leave_out"] = o.leave_out;
  if (!o.teacher.empty()) binding.update({{"teacher", o.teacher_digest}, {"teacher_weight", o.teacher_weight}});
  if (o.first_crop != 0) binding["first_crop"] = o.first_crop;
  if (o.negatives) binding["presence_weight"] = o.presence_weight;
  for (const auto* folders : {&o.features, &o.other}) {
    for (const WeightedFolder& one : *folders) {
      if (one.weight != 1) binding["weights"][folder_name(one.folder)] = one.weight;
    }
  }
  return binding;
}

int crop_of_epoch(const TrainOptions& o, int epoch) {
  if (o.first_crop == 0) return o.crop;
  const double grown = std::min(1.0, epoch / std::max(1.0, 0.75 * o.epochs));
  const int side = o.first_crop + static_cast<int>((o.crop - o.first_crop) * grown) / kCropStep * kCropStep;
  return grown < 1 ? side : o.crop;
}

double left_out_of_epoch(const TrainOptions& o, int epoch) {
  const int last_whole = std::max(1, o.epochs / 8);
  return epoch < o.epochs - last_whole ? o.leave_out : 0;
}

TrainOptions fine_tuning_defaults() {
  TrainOptions options;
  options.network = "efficientnet_lite0";
  options.epochs = 4;
  options.batch = 48;
  options.rate = 4e-4;
  options.weight_decay = 0.02;
  options.warm_up = 0.25;
  options.smoothing = 0;
  options.average = 0.998;
  options.wide = true;
  return options;
}

}  // namespace catdog
