// catdog-features: pipeline 1 on the command line.
#include <cstdio>

#include "features/build_store.h"
#include "support/tool.h"

int main(int argc, char** argv) {
  catdog::FeatureOptions options;
  std::string format = "uint8";
  CLI::App app{
      "Reads a folder of class folders (such as PetImages with Cat and Dog in it) into a feature store:\n"
      "every photo preprocessed once, labelled, and 80 % / 20 % split for training.",
      "catdog-features"};
  app.add_option("--data", options.data, "Folder with one folder of photos for each class")->required();
  app.add_option("--out", options.out, "Folder of the feature store")->required();
  app.add_option("--size", options.size, "Side of the pictures in pixels")
      ->capture_default_str()
      ->check(CLI::Range(8, 1024));
  app.add_option("--format", format, "uint8, or float32 for values in [0, 1]")
      ->capture_default_str()
      ->check(CLI::IsMember({"uint8", "float32"}));
  app.add_option("--validation", options.validation_share, "Share of each class that is held back")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 0.9));
  app.add_option("--seed", options.seed, "Decides which photos are held back")->capture_default_str();
  app.add_option("--threads", options.threads, "0: one for each core")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  app.add_flag("--unlabelled", options.unlabelled,
               "Photos of none of the classes, for catdog-train --other; photos of one folder are held back together");
  app.add_flag("--force", options.force, "Decode again although no file has changed");
  app.footer(
      "Example:\n  catdog-features --data PetImages --out features\n\n"
      "Files that cannot be read are listed with the reason in skipped.csv.");
  return catdog::run_tool(app, argc, argv, [&] {
    options.float32 = format == "float32";
    std::fprintf(stderr, "%s\n", catdog::build_store(options).c_str());
  });
}
