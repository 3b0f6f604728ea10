#include "training/common_options.h"

namespace catdog {

namespace {

// Folders with weights, one for each time that the option is given.
CLI::Option* add_folders(CLI::App& app, const std::string& name, std::vector<WeightedFolder>& folders,
                         const std::string& description) {
  const auto take = [&folders](const std::vector<std::string>& texts) {
    folders.clear();
    for (const std::string& text : texts) folders.push_back(parse_weighted_folder(text));
    return true;
  };
  return app.add_option(name, take, description)
      ->type_name("FOLDER[:WEIGHT]")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(not_a_weighted_folder);
}

}  // namespace

void add_data_options(CLI::App& app, TrainOptions& o) {
  add_folders(app, "--features", o.features,
              "Feature store made by catdog-features; may be given again. FOLDER:W shows each of its photos W times\n"
              "in an epoch; FOLDER:0 only measures with it")
      ->required();
  app.add_option("--out", o.out, "Folder for figures, report and model bundle, and for a training's checkpoints")
      ->check(no_name)
      ->required();
  add_folders(app, "--other", o.other,
              "Feature store of photos of none of the classes (catdog-features --unlabelled); may be given again.\n"
              "With such photos the network also tells whether any of the classes is in the picture");
  app.add_option("--exclude", o.exclude,
                 "Leave out the photos that this file lists: one path a line, or a CSV with a column 'path'");
}

void add_result_options(CLI::App& app, TrainOptions& o) {
  app.add_option(
         "--unsure-share", o.unsure_share,
         "Share of validation photos that the bundle's thresholds leave undecided: unsure, or refused as showing none")
      ->capture_default_str()
      ->check(number_from(0.0, 1.0));
  app.add_option("--refused-share", o.refused_share, "Share of validation photos that the presence threshold refuses")
      ->capture_default_str()
      ->check(number_from(0.0, 1.0));
  app.add_option("--threads", o.threads, "0: one for each core")->capture_default_str()->check(CLI::Range(0, 1024));
  app.add_option("--tracking-uri", o.tracking_uri,
                 "MLflow server (http://…) or folder; default: MLFLOW_TRACKING_URI, else ./mlruns");
  app.add_option("--experiment", o.experiment, "MLflow experiment; default: MLFLOW_EXPERIMENT_NAME, else Default");
  app.add_option("--run-name", o.run_name, "Name of the MLflow run; default: the folder's");
  app.add_option("--parent", o.parent, "Id of the MLflow run that this one is part of; default: MLFLOW_PARENT_RUN_ID");
  app.add_option("--register", o.registered, "Register the model under this name; the best is its 'champion'");
  app.add_flag("!--no-tracking", o.tracked, "Tell MLflow nothing");
  app.add_option("--data-origin", o.data_origin, "Where the photos come from, for the bundle")->capture_default_str();
  app.add_option("--data-licence", o.data_licence, "The photos' licence, for the bundle")->capture_default_str();
  app.add_option("--licence", o.licence, "The model's licence, for the bundle")->capture_default_str();
}

}  // namespace catdog
