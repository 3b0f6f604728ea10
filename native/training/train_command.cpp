// catdog-train without a subcommand: trains.
#include <sstream>
#include <string>

#include "evaluation/folds.h"
#include "support/tool.h"
#include "training/augment.h"
#include "training/commands.h"
#include "training/common_options.h"
#include "training/network_spec.h"
#include "training/trainer.h"

namespace catdog {
namespace {

// The defaults that --pretrained has in place of the others.
std::string fine_tuning_text() {
  const TrainOptions o = fine_tuning_defaults();
  std::ostringstream text;
  text << "--network " << o.network << " --epochs " << o.epochs << " --batch " << o.batch << " --rate " << o.rate
       << "\n--weight-decay " << o.weight_decay << " --warm-up " << o.warm_up << " --smoothing " << o.smoothing
       << " --average " << o.average << " --wide";
  return text.str();
}

void add_options(CLI::App& app, TrainOptions& o) {
  add_data_options(app, o);
  app.add_option("--network", o.network, "Which network to train")
      ->capture_default_str()
      ->check(CLI::IsMember(network_names()));
  app.add_option("--epochs", o.epochs, "How often every photo is seen")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  app.add_option("--batch", o.batch, "Photos in one step")->capture_default_str()->check(CLI::Range(2, 65536));
  app.add_option("--size", o.size, "Size of use: side of the network's photos in pixels; 0: the stored pictures'")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  app.add_option(
         "--margin", o.margin,
         "Pixels at each edge of such a photo that the network does not look at: it sees the rest larger for the "
         "same work")
      ->capture_default_str()
      ->check(CLI::Range(0, 512));
  app.add_option("--crop", o.crop, "Side of training crops in pixels; 0: 0.8 of what it looks at")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  app.add_option("--first-crop", o.first_crop,
                 "Side of the first epoch's crops, which then grow to --crop: faster; 0: the same")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  app.add_option("--rate", o.rate, "Highest learning rate of Adam")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--weight-decay", o.weight_decay, "Decoupled weight decay")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  app.add_option("--warm-up", o.warm_up, "Epochs until the learning rate is at its highest")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  app.add_option("--smoothing", o.smoothing, "Label smoothing")->capture_default_str()->check(number_from(0.0, 0.9));
  app.add_option("--mixup", o.mixup, "Lay photos over each other, with shares that follow Beta(A, A); 0: never")
      ->capture_default_str()
      ->check(number_from(0.0, 1.0));
  app.add_option("--leave-out", o.leave_out,
                 "Share of the photos it knows well that an epoch leaves out, to save time; those kept count for them")
      ->capture_default_str()
      ->check(number_from(0.0, 0.95));
  app.add_option("--average", o.average, "Decay of the weights' moving average")
      ->capture_default_str()
      ->check(number_from(0.0, 0.999999));
  app.add_option("--fold", o.fold, "I/K, such as 2/5: hold back this fold of K instead of the store's own split")
      ->check([](const std::string& text) {
        return parse_fold(text) ? "" : "expected I/K with I from 1 to K, such as 2/5, found '" + text + "'";
      });
  app.add_option("--seed", o.seed, "Decides every random choice")->capture_default_str()->check(CLI::NonNegativeNumber);
  app.add_flag("!--no-augment", o.augment, "Train on the stored pictures as they are");
  app.add_flag("--wide,!--no-wide", o.wide,
               "Also change training pictures so that what they show lies on its side, is small, or in coloured light");
  app.add_option("--without", o.without, "Leave out these kinds of random changes to training pictures")
      ->delimiter(',')
      ->check(CLI::IsMember(augmentation_kinds()));
  app.add_option("--blur", o.blur, "Factor of how often and how strongly training pictures are blurred")
      ->capture_default_str()
      ->check(number_from(0.0, 10.0));
  app.add_option(
      "--pretrained", o.pretrained,
      "Fine-tune these weights: imagenet (made by scripts/pretrained), or a safetensors file. Where not given:\n" +
          fine_tuning_text());
  app.add_option("--taught-classes", o.taught_classes,
                 "JSON file: which of the pretrained classes belong to which label")
      ->needs("--pretrained");
  app.add_option("--taught-weight", o.taught_weight, "In the loss, of going on saying what the pretrained network says")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->needs("--pretrained");
  app.add_option("--head-epochs", o.head_epochs, "Epochs in which only the new heads learn")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->needs("--pretrained");
  app.add_option("--layer-decay", o.layer_decay, "Of a pretrained network's rate, from one stage to the one before")
      ->capture_default_str()
      ->check(number_from(0.0, 1.0))
      ->needs("--pretrained");
  app.add_option("--head-rate", o.head_rate, "Factor of the rate for the new heads of a pretrained network")
      ->capture_default_str()
      ->check(CLI::PositiveNumber)
      ->needs("--pretrained");
  app.add_option("--frozen", o.frozen, "So many first stages of a pretrained network do not learn")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000))
      ->needs("--pretrained");
  app.add_option(
      "--teacher", o.teacher,
      "Folder of a finished training of a network, usually a larger one, on the same photos: learn from what\n"
      "it says of every crop, besides the labels");
  app.add_option("--teacher-weight", o.teacher_weight, "Share of what the teacher says in what is to be learnt")
      ->capture_default_str()
      ->check(number_from(0.0, 1.0))
      ->needs("--teacher");
  app.add_option("--presence-weight", o.presence_weight, "In the loss, of telling that")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  app.add_option("--checkpoint-seconds", o.checkpoint_seconds, "Between checkpoints")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  app.add_option("--rank-timeout", o.rank_timeout,
                 "In training with several processes (WORLD_SIZE, see docs/scale.md): seconds that they wait for one\n"
                 "that does not answer")
      ->capture_default_str()
      ->check(number_from(1.0, 1e6));
  app.add_flag("--resume", o.resume, "Go on with the training in --out where it stopped");
  add_result_options(app, o);
}

// With --pretrained, what was not asked for is as fine-tuning wants it.
void use_fine_tuning_defaults(const CLI::App& app, TrainOptions& o) {
  const TrainOptions recipe = fine_tuning_defaults();
  const auto use = [&](const char* option, auto TrainOptions::*member) {
    if (app.count(option) == 0) o.*member = recipe.*member;
  };
  use("--network", &TrainOptions::network);
  use("--epochs", &TrainOptions::epochs);
  use("--batch", &TrainOptions::batch);
  use("--rate", &TrainOptions::rate);
  use("--weight-decay", &TrainOptions::weight_decay);
  use("--warm-up", &TrainOptions::warm_up);
  use("--smoothing", &TrainOptions::smoothing);
  use("--average", &TrainOptions::average);
  use("--wide", &TrainOptions::wide);
}

}  // namespace

int train_command(int argc, char** argv) {
  TrainOptions options;
  CLI::App app{
      "Trains a convolutional network on a feature store, evaluates it on the photos held back,\n"
      "and writes the model bundle that the page and catdog-classify use.",
      "catdog-train"};
  add_options(app, options);
  app.footer(
      "Example:\n  catdog-train --features features --out runs/first --network resnet --epochs 60\n"
      "  catdog-train --features features --out runs/tuned --pretrained imagenet\n\n"
      "Interrupted? The same command with --resume goes on from the last checkpoint.\n"
      "Runs are tracked with MLflow.\n\n"
      "Besides training (each with its own --help):\n"
      "  catdog-train average RUN RUN… --out DIR     makes one network of several fine-tuned ones\n"
      "  catdog-train sync RUN                       sends to MLflow what a server has not got yet\n"
      "catdog-evaluate measures trained networks, compares them, and finds wrong labels.");
  return run_tool(app, argc, argv, [&] {
    if (!options.pretrained.empty()) use_fine_tuning_defaults(app, options);
    train(options);
  });
}

}  // namespace catdog
