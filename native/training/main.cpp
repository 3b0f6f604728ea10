// catdog-train: pipeline 2 on the command line.
#include "support/memory.h"
#include "support/tool.h"
#include "training/command_line.h"
#include "training/trainer.h"

int main(int argc, char** argv) {
  using namespace catdog;
  keep_freed_memory();
  TrainOptions options;
  CLI::App app{
      "Trains a convolutional network on a feature store, evaluates it on the validation photos,\n"
      "and writes the model bundle that the page and catdog-classify use.",
      "catdog-train"};
  add_train_options(app, options);
  app.footer(
      "Example:\n  catdog-train --features features --out runs/first --network resnet_small --epochs 60\n"
      "  catdog-train --features features --out runs/tuned --pretrained imagenet\n\n"
      "Interrupted? The same command with --resume goes on from the last checkpoint.\n"
      "Runs are tracked with MLflow; catdog-sync sends what a server has not got yet.\n"
      "catdog-evaluate measures trained networks, compares them, and finds label issues.");
  return run_tool(app, argc, argv, [&] {
    use_fine_tuning_defaults(app, options);
    train(options);
  });
}
