#include "training/command_line.h"

#include <sstream>
#include <string>

#include "evaluation/cross_validation_folds.h"
#include "training/data/augment.h"
#include "training/network/network_spec.h"

namespace catdog {
namespace {

// Options under one heading of --help.
class Group {
 public:
  Group(CLI::App& app, std::string heading) : app_(app), heading_(std::move(heading)) {}

  template <class T>
  CLI::Option* add(const std::string& name, T& value, const std::string& description) {
    return app_.add_option(name, value, description)->capture_default_str()->group(heading_);
  }
  CLI::Option* flag(const std::string& name, bool& value, const std::string& description) {
    return app_.add_flag(name, value, description)->group(heading_);
  }
  // Folders with weights, one for each time that the option is given.
  CLI::Option* folders(const std::string& name, std::vector<WeightedFolder>& folders, const std::string& description) {
    const auto take = [&folders](const std::vector<std::string>& texts) {
      folders.clear();
      for (const std::string& text : texts) folders.push_back(parse_weighted_folder(text));
      return true;
    };
    return app_.add_option(name, take, description)
        ->type_name("FOLDER[:WEIGHT]")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->check(not_a_weighted_folder)
        ->group(heading_);
  }

 private:
  CLI::App& app_;
  std::string heading_;
};

// The defaults that --pretrained has in place of the others.
std::string fine_tuning_text() {
  const TrainOptions o = fine_tuning_defaults();
  std::ostringstream text;
  text << "--network " << o.network << " --epochs " << o.epochs << " --batch-size " << o.batch_size << " --lr "
       << o.optimizer.lr << "\n--weight-decay " << o.optimizer.weight_decay << " --warmup-epochs "
       << o.optimizer.warmup_epochs << " --label-smoothing " << o.optimizer.label_smoothing << " --ema-decay "
       << o.optimizer.ema_decay << " --wide";
  return text.str();
}

void add_data(Group data, DataOptions& o) {
  data.folders("--features", o.features,
               "Feature store made by catdog-features; may be given again. FOLDER:W shows each of its photos W times\n"
               "in an epoch; FOLDER:0 only measures with it")
      ->required();
  data.folders("--negatives", o.negatives,
               "Feature store of photos of none of the classes (catdog-features --unlabelled); may be given again.\n"
               "With such photos the network also tells whether any of the classes is in the picture");
  data.add("--exclude", o.exclude,
           "Leave out the photos that this file lists: one path a line, or a CSV with a column 'path'");
  data.add("--fold", o.fold, "I/K, such as 2/5: validate with this fold of K instead of the store's own split")
      ->check([](const std::string& text) {
        return parse_fold(text) ? "" : "expected I/K with I from 1 to K, such as 2/5, found '" + text + "'";
      });
  data.add("--prune-easy", o.prune_easy,
           "Share of the photos it knows well that an epoch leaves out, to save time; those kept count for them")
      ->check(number_from(0.0, 0.95));
  data.add("--data-origin", o.origin, "Where the photos come from, for the bundle");
  data.add("--data-licence", o.licence, "The photos' licence, for the bundle");
}

void add_network(Group network, TrainOptions& o) {
  network.add("--network", o.network, "Which network to train")->check(CLI::IsMember(network_names()));
  network.add("--size", o.size, "Size of use: side of the network's photos in pixels; 0: the stored pictures'")
      ->check(CLI::Range(0, 1024));
  network
      .add("--center-crop-margin", o.center_crop_margin,
           "Pixels at each edge of such a photo that the network does not look at: it sees the rest larger for the\n"
           "same work")
      ->check(CLI::Range(0, 512));
  network.add("--licence", o.licence, "The model's licence, for the bundle");
}

void add_optimizer(Group optimizer, TrainOptions& all) {
  OptimizerOptions& o = all.optimizer;
  optimizer.add("--epochs", all.epochs, "How often every photo is seen")->check(CLI::Range(1, 100000));
  optimizer.add("--batch-size", all.batch_size, "Photos in one step")->check(CLI::Range(2, 65536));
  optimizer.add("--lr", o.lr, "Highest learning rate of AdamW")->check(CLI::PositiveNumber);
  optimizer.add("--weight-decay", o.weight_decay, "Decoupled weight decay")->check(CLI::NonNegativeNumber);
  optimizer.add("--warmup-epochs", o.warmup_epochs, "Epochs until the learning rate is at its highest")
      ->check(CLI::NonNegativeNumber);
  optimizer.add("--label-smoothing", o.label_smoothing, "Label smoothing")->check(number_from(0.0, 0.9));
  optimizer.add("--ema-decay", o.ema_decay, "Decay of the weights' exponential moving average, which is what is kept")
      ->check(number_from(0.0, 0.999999));
  optimizer.add("--seed", all.seed, "Decides every random choice")->check(CLI::NonNegativeNumber);
}

void add_augmentation(Group augmentation, AugmentationOptions& o) {
  augmentation.flag("!--no-augment", o.enabled, "Train on the stored pictures as they are");
  augmentation.flag("--wide,!--no-wide", o.wide,
                    "Also change training pictures so that what they show lies on its side, is small, or in coloured "
                    "light");
  augmentation
      .add("--disable-augmentation", o.disabled, "Leave out these kinds of random changes to training pictures")
      ->delimiter(',')
      ->check(CLI::IsMember(augmentation_kinds()));
  augmentation.add("--blur-scale", o.blur_scale, "Factor of how often and how strongly training pictures are blurred")
      ->check(number_from(0.0, 10.0));
  augmentation
      .add("--train-crop-size", o.train_crop_size, "Side of training crops in pixels; 0: 0.8 of what it looks at")
      ->check(CLI::Range(0, 1024));
  augmentation
      .add("--progressive-crop-start", o.progressive_crop_start,
           "Side of the first epoch's crops, which then grow to --train-crop-size: faster; 0: the same")
      ->check(CLI::Range(0, 1024));
}

void add_fine_tuning(Group tuning, FineTuningOptions& o) {
  tuning.add(
      "--pretrained", o.pretrained,
      "Fine-tune these weights: imagenet (made by scripts/pretrained), or a safetensors file. Where not given:\n" +
          fine_tuning_text());
  tuning.add("--pretrained-class-map", o.class_map, "JSON file: which of the pretrained classes belong to which label")
      ->needs("--pretrained");
  tuning.add("--lwf-weight", o.lwf_weight, "In the loss, of still saying what the pretrained network says")
      ->check(CLI::NonNegativeNumber)
      ->needs("--pretrained");
  tuning.add("--head-epochs", o.head_epochs, "Epochs in which only the new heads learn")
      ->check(CLI::NonNegativeNumber)
      ->needs("--pretrained");
  tuning
      .add("--layer-lr-decay", o.layer_lr_decay,
           "Of a pretrained network's learning rate, from one stage to the one before")
      ->check(number_from(0.0, 1.0))
      ->needs("--pretrained");
  tuning.add("--head-lr-factor", o.head_lr_factor, "Of the learning rate, for the new heads of a pretrained network")
      ->check(CLI::PositiveNumber)
      ->needs("--pretrained");
  tuning.add("--freeze-stages", o.freeze_stages, "So many first stages of a pretrained network do not learn")
      ->check(CLI::Range(0, 1000))
      ->needs("--pretrained");
}

void add_distillation(Group distillation, DistillationOptions& o) {
  distillation.add("--teacher", o.teacher,
                   "Folder of a finished training of a network, usually a larger one, on the same photos: learn from\n"
                   "what it says of every crop, besides the labels");
  distillation.add("--distillation-weight", o.weight, "Share of what the teacher says in what is to be learnt")
      ->check(number_from(0.0, 1.0))
      ->needs("--teacher");
}

void add_decisions(Group decisions, DecisionOptions& o) {
  decisions
      .add("--presence-loss-weight", o.presence_loss_weight,
           "In the loss, of telling whether any of the classes is in the picture")
      ->check(CLI::NonNegativeNumber);
  decisions.add("--max-rejected", o.max_rejected, "Share of validation photos that the presence threshold rejects")
      ->check(number_from(0.0, 1.0));
  decisions
      .add("--max-abstained", o.max_abstained,
           "Share of validation photos that both thresholds leave undecided: uncertain, or rejected")
      ->check(number_from(0.0, 1.0));
}

void add_run(Group run, TrainOptions& o) {
  run.add("--out", o.out, "Folder for metrics, report, model bundle and checkpoints")->check(no_name)->required();
  run.add("--threads", o.threads, "0: one for each core")->check(CLI::Range(0, 1024));
  run.flag("--resume", o.resume, "Go on with the training in --out where it stopped");
  run.add("--checkpoint-seconds", o.checkpoint_seconds, "Between checkpoints")->check(CLI::NonNegativeNumber);
  run.add("--rank-timeout", o.rank_timeout,
          "In training with several processes (WORLD_SIZE, see docs/scale.md): seconds that they wait for one\n"
          "that does not answer")
      ->check(number_from(1.0, 1e6));
}

void add_tracking(Group tracking, TrackingOptions& o) {
  tracking.add("--tracking-uri", o.uri,
               "MLflow server (http://…) or folder; default: MLFLOW_TRACKING_URI, else ./mlruns");
  tracking.add("--experiment", o.experiment, "MLflow experiment; default: MLFLOW_EXPERIMENT_NAME, else Default");
  tracking.add("--run-name", o.run_name, "Name of the MLflow run; default: the folder's");
  tracking.add("--parent", o.parent, "Id of the MLflow run that this one is part of; default: MLFLOW_PARENT_RUN_ID");
  tracking.add("--register", o.registered, "Register the model under this name; the best is its 'champion'");
  tracking.flag("!--no-tracking", o.enabled, "Tell MLflow nothing");
}

}  // namespace

void add_train_options(CLI::App& app, TrainOptions& o) {
  add_data({app, "Data"}, o.data);
  add_run({app, "Run"}, o);
  add_network({app, "Network"}, o);
  add_optimizer({app, "Optimizer"}, o);
  add_augmentation({app, "Augmentation"}, o.augmentation);
  add_fine_tuning({app, "Fine-tuning"}, o.fine_tuning);
  add_distillation({app, "Distillation"}, o.distillation);
  add_decisions({app, "Presence and thresholds"}, o.decisions);
  add_tracking({app, "Tracking"}, o.tracking);
}

void use_fine_tuning_defaults(const CLI::App& app, TrainOptions& o) {
  if (o.fine_tuning.pretrained.empty()) return;
  const TrainOptions recipe = fine_tuning_defaults();
  const auto use = [&](const char* option, auto& value, const auto& wanted) {
    if (app.count(option) == 0) value = wanted;
  };
  use("--network", o.network, recipe.network);
  use("--epochs", o.epochs, recipe.epochs);
  use("--batch-size", o.batch_size, recipe.batch_size);
  use("--lr", o.optimizer.lr, recipe.optimizer.lr);
  use("--weight-decay", o.optimizer.weight_decay, recipe.optimizer.weight_decay);
  use("--warmup-epochs", o.optimizer.warmup_epochs, recipe.optimizer.warmup_epochs);
  use("--label-smoothing", o.optimizer.label_smoothing, recipe.optimizer.label_smoothing);
  use("--ema-decay", o.optimizer.ema_decay, recipe.optimizer.ema_decay);
  use("--wide", o.augmentation.wide, recipe.augmentation.wide);
}

}  // namespace catdog
