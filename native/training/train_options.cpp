#include "training/train_options.h"

#include <algorithm>

#include "support/files.h"

namespace catdog {

nlohmann::ordered_json binding_options(const TrainOptions& o) {
  nlohmann::ordered_json binding = {{"network", o.network},
                                    {"epochs", o.epochs},
                                    {"batch_size", o.batch_size},
                                    {"size", o.size},
                                    {"train_crop_size", o.augmentation.train_crop_size},
                                    {"lr", o.optimizer.lr},
                                    {"weight_decay", o.optimizer.weight_decay},
                                    {"warmup_epochs", o.optimizer.warmup_epochs},
                                    {"label_smoothing", o.optimizer.label_smoothing},
                                    {"ema_decay", o.optimizer.ema_decay},
                                    {"seed", o.seed},
                                    {"augment", o.augmentation.enabled},
                                    {"fold", o.data.fold},
                                    {"exclude", o.derived.exclusions_digest}};
  if (!o.fine_tuning.pretrained.empty()) {
    binding.update({{"pretrained", o.fine_tuning.pretrained},
                    {"pretrained_class_map", o.fine_tuning.class_map.filename().string()},
                    {"lwf_weight", o.fine_tuning.lwf_weight},
                    {"head_epochs", o.fine_tuning.head_epochs},
                    {"layer_lr_decay", o.fine_tuning.layer_lr_decay},
                    {"head_lr_factor", o.fine_tuning.head_lr_factor},
                    {"freeze_stages", o.fine_tuning.freeze_stages}});
  }
  const AugmentationOptions& augmentation = o.augmentation;
  if (!augmentation.disabled.empty()) binding["disable_augmentation"] = augmentation.disabled;
  if (augmentation.wide) binding["wide"] = true;
  if (augmentation.blur_scale != 1) binding["blur_scale"] = augmentation.blur_scale;
  if (o.center_crop_margin != 0) binding["center_crop_margin"] = o.center_crop_margin;
  if (o.data.prune_easy != 0) binding["prune_easy"] = o.data.prune_easy;
  if (!o.distillation.teacher.empty()) {
    binding.update({{"teacher", o.derived.teacher_digest}, {"distillation_weight", o.distillation.weight}});
  }
  if (augmentation.progressive_crop_start != 0) {
    binding["progressive_crop_start"] = augmentation.progressive_crop_start;
  }
  if (o.derived.has_negatives) binding["presence_loss_weight"] = o.decisions.presence_loss_weight;
  for (const auto* folders : {&o.data.features, &o.data.negatives}) {
    for (const WeightedFolder& one : *folders) {
      if (one.weight != 1) binding["weights"][folder_name(one.folder)] = one.weight;
    }
  }
  return binding;
}

int crop_of_epoch(const TrainOptions& o, int epoch) {
  const int start = o.augmentation.progressive_crop_start, end = o.augmentation.train_crop_size;
  if (start == 0) return end;
  const double grown = std::min(1.0, epoch / std::max(1.0, 0.75 * o.epochs));
  return grown < 1 ? start + static_cast<int>((end - start) * grown) / kCropStep * kCropStep : end;
}

double pruned_share(const TrainOptions& o, int epoch) {
  const int last_whole = std::max(1, o.epochs / 8);
  return epoch < o.epochs - last_whole ? o.data.prune_easy : 0;
}

TrainOptions fine_tuning_defaults() {
  TrainOptions options;
  options.network = "efficientnet_lite0";
  options.epochs = 4;
  options.batch_size = 48;
  options.optimizer.lr = 4e-4;
  options.optimizer.weight_decay = 0.02;
  options.optimizer.warmup_epochs = 0.25;
  options.optimizer.label_smoothing = 0;
  options.optimizer.ema_decay = 0.998;
  options.augmentation.wide = true;
  return options;
}

}  // namespace catdog
