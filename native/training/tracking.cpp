#include "training/tracking.h"

#include <cctype>
#include <cstdio>
#include <cstring>
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
  params["max_abstained"] = nlohmann::json(options.decisions.max_abstained).dump();
  params["parameters"] = std::to_string(cost.parameters);
  params["multiply_adds"] = std::to_string(cost.multiply_adds);
  params["threads"] = std::to_string(options.threads);
  params["data_digest"] = store.digest();
  params["split_digest"] = store.split_digest();
  return params;
}

tracking::Dataset dataset_of(const FeatureStore& store, const FeatureStore::Part& part) {
  std::size_t validation = 0;
  for (std::size_t row = part.first_row; row < part.end_row; ++row) {
    validation += store.samples()[row].split == Split::kValidation;
  }
  tracking::Dataset dataset;
  dataset.name = folder_name(part.from.folder);
  dataset.digest = part.digest.substr(0, 36);
  dataset.context = "training";
  dataset.source = nlohmann::json({{"uri", std::filesystem::absolute(part.from.folder).string()}}).dump();
  dataset.profile = nlohmann::json({{"photos", part.end_row - part.first_row},
                                    {"weight", part.from.weight},
                                    {"held_out", validation},
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
  return text + ", " + recipe.at("epochs").dump() + " epochs";
}

// MLflow takes letters, digits and _-./ and spaces in names, with / for groups.
std::string metric_name(const std::string& source) {
  std::string name;
  for (const char c : source) name += std::isalnum(static_cast<unsigned char>(c)) || std::strchr("_-.", c) ? c : '_';
  return name;
}

void add_metrics(const SourceMetrics& one, std::map<std::string, double>& metrics) {
  const auto add = [&](const char* what, std::size_t part, std::size_t whole) {
    if (whole == 0) return;
    metrics["source/" + metric_name(one.name) + '/' + what] = static_cast<double>(part) / static_cast<double>(whole);
  };
  add("accuracy", one.right, one.photos);
  add("rejected", one.rejected, one.photos);
  add("detected", one.detected, one.negatives);
}

}  // namespace

TrainingRun::TrainingRun(const TrainOptions& options, const nlohmann::ordered_json& recipe, const FeatureStore& store,
                         const NetworkCost& cost)
    : options_(options) {
  if (!options_.tracking.enabled) return;
  tracking::RunOptions settings;
  settings.folder = options_.out;
  settings.uri = options_.tracking.uri;
  settings.experiment = options_.tracking.experiment;
  settings.name = options_.tracking.run_name;
  settings.parent = options_.tracking.parent;
  settings.tags["mlflow.note.content"] = description_of(recipe, store);
  settings.commit = current_commit();
  run_ = std::make_unique<tracking::Run>(settings);
  run_->log_params(params_of(options_, recipe, store, cost));
  for (const FeatureStore::Part& part : store.parts()) run_->log_dataset(dataset_of(store, part));
}

void TrainingRun::log_epoch(const nlohmann::ordered_json& epoch) {
  if (!run_) return;
  std::map<std::string, double> metrics;
  for (const auto& [name, value] : epoch.items()) {
    if (name != "epoch") metrics[name] = value.get<double>();
  }
  run_->log_metrics(epoch.at("epoch").get<std::int64_t>(), metrics);
}

void TrainingRun::log_result(const TrainingResult& result) {
  if (!run_) return;
  run_->log_artifact(options_.out / "metrics.json", "metrics.json");
  run_->log_artifact(options_.out / "report.html", "report.html");
  run_->log_artifact(options_.out / "epochs.csv", "epochs.csv");
  run_->log_artifact(options_.out / "last.pt", "checkpoints/last.pt");
  run_->log_model(options_.out / "model");
  const Metrics& metrics = result.metrics;
  std::map<std::string, double> final = {{"final_accuracy", metrics.accuracy},
                                         {"final_f1", metrics.f1},
                                         {"final_roc_auc", metrics.roc_auc},
                                         {"final_log_loss", metrics.loss},
                                         {"final_ece", metrics.ece}};
  if (result.sources.size() > 1) {
    for (const SourceMetrics& one : result.sources) add_metrics(one, final);
  }
  run_->log_model_metrics(options_.epochs, final);
  if (options_.tracking.registered.empty()) return;
  tracking::Measure measure;
  measure.metric = "accuracy";
  measure.value = metrics.accuracy;
  measure.test_set = result.test_set;
  run_->register_model(options_.tracking.registered, measure);
}

void TrainingRun::finish(tracking::RunStatus status) {
  if (run_) say(run_->finish(status).text);
}

}  // namespace catdog
