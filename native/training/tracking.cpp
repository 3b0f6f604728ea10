#include "training/tracking.h"

#include <cstdio>
#include <map>

#include "support/files.h"
#include "support/say.h"
#include "training/report.h"

namespace catdog {
namespace {

std::map<std::string, std::string> params_of(const TrainOptions& options, const nlohmann::ordered_json& recipe,
                                             const FeatureStore& store, const NetworkCost& cost) {
  std::map<std::string, std::string> params;
  for (const auto& [name, value] : recipe.items()) {
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (!text.empty()) params[name] = text;
  }
  params["unsure_share"] = nlohmann::json(options.unsure_share).dump();
  params["parameters"] = std::to_string(cost.parameters);
  params["multiply_adds"] = std::to_string(cost.multiply_adds);
  params["threads"] = std::to_string(options.threads);
  params["data_digest"] = store.digest();
  params["split_digest"] = store.split_digest();
  return params;
}

tracking::Dataset dataset_of(const TrainOptions& options, const FeatureStore& store) {
  std::size_t validation = 0;
  for (const Sample& sample : store.samples()) validation += sample.split == Split::kValidation;
  tracking::Dataset dataset;
  dataset.name = folder_name(options.features);
  dataset.digest = store.digest().substr(0, 36);
  dataset.context = "training";
  dataset.source = nlohmann::json({{"uri", std::filesystem::absolute(options.features).string()}}).dump();
  dataset.profile = nlohmann::json({{"photos", store.samples().size()},
                                    {"held_back", validation},
                                    {"classes", store.classes()},
                                    {"size", store.size()}})
                        .dump();
  return dataset;
}

// What MLflow's pages show as the run's description.
std::string description_of(const nlohmann::ordered_json& recipe, const FeatureStore& store) {
  std::string classes;
  for (const std::string& name : store.classes()) classes += (classes.empty() ? "" : ", ") + name;
  std::string text = recipe.at("network").get<std::string>() + " on " + std::to_string(store.samples().size()) +
                     " photos of " + classes;
  if (recipe.contains(kAveraged)) text += ", mean of " + std::to_string(recipe[kAveraged].size()) + " trainings";
  if (recipe.contains("epochs")) text += ", " + recipe["epochs"].dump() + " epochs";
  return text;
}

}  // namespace

TrainingRun::TrainingRun(const TrainOptions& options, const nlohmann::ordered_json& recipe, const FeatureStore& store,
                         const NetworkCost& cost)
    : options_(options) {
  if (!options_.tracked) return;
  tracking::RunOptions settings;
  settings.folder = options_.out;
  settings.uri = options_.tracking_uri;
  settings.experiment = options_.experiment;
  settings.name = options_.run_name;
  settings.parent = options_.parent;
  settings.tags["mlflow.note.content"] = description_of(recipe, store);
  settings.commit = current_commit();
  run_ = std::make_unique<tracking::Run>(settings);
  run_->log_params(params_of(options_, recipe, store, cost));
  run_->log_dataset(dataset_of(options_, store));
}

void TrainingRun::log_epoch(const nlohmann::ordered_json& epoch) {
  if (!run_) return;
  std::map<std::string, double> metrics;
  for (const auto& [name, value] : epoch.items()) {
    if (name != "epoch") metrics[name] = value.get<double>();
  }
  run_->log_metrics(epoch.at("epoch").get<std::int64_t>(), metrics);
}

void TrainingRun::log_result(const Metrics& metrics, const std::string& test_set) {
  if (!run_) return;
  run_->log_artifact(options_.out / "metrics.json", "metrics.json");
  run_->log_artifact(options_.out / "report.html", "report.html");
  if (options_.epochs > 0) {  // a mean of trainings has none, and no checkpoint
    run_->log_artifact(options_.out / "epochs.csv", "epochs.csv");
    run_->log_artifact(options_.out / "last.pt", "checkpoints/last.pt");
  }
  run_->log_model(options_.out / "model");
  run_->log_model_metrics(options_.epochs, {{"final_accuracy", metrics.accuracy},
                                            {"final_f1", metrics.f1},
                                            {"final_roc_auc", metrics.roc_auc},
                                            {"final_log_loss", metrics.loss},
                                            {"final_ece", metrics.ece}});
  if (options_.registered.empty()) return;
  tracking::Measure measure;
  measure.metric = "accuracy";
  measure.value = metrics.accuracy;
  measure.test_set = test_set;
  run_->register_model(options_.registered, measure);
}

void TrainingRun::finish(tracking::RunStatus status) {
  if (run_) say(run_->finish(status).text);
}

}  // namespace catdog
