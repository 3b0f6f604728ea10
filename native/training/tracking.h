// What a training tells MLflow.
#pragma once

#include <memory>
#include <string>

#include "evaluation/metrics.h"
#include "support/feature_store.h"
#include "tracking/run.h"
#include "training/network/weights.h"
#include "training/train_options.h"
#include "training/training_result.h"

namespace catdog {

class TrainingRun {
 public:
  // Begins the MLflow run, or goes on with the one of a resumed training. With options.tracking.enabled false it does
  // nothing, here and below. `recipe`: how the network is trained, which becomes the run's parameters. `cost`: of the
  // network as it is shipped. Throws std::runtime_error where a server refuses.
  TrainingRun(const TrainOptions& options, const nlohmann::ordered_json& recipe, const FeatureStore& store,
              const NetworkCost& cost);

  // The MLflow run's id; empty where there is none (yet).
  std::string id() const { return run_ ? run_->id() : std::string(); }

  // `epoch`: the object of the training's history.
  void log_epoch(const nlohmann::ordered_json& epoch);
  // Figures and bundle of a training that has come to its end, and, unless it is a mean of others (no epochs), its
  // checkpoint.
  void log_result(const TrainingResult& result);
  // Says on stderr what has become of the records.
  void finish(tracking::RunStatus status);

 private:
  TrainOptions options_;
  std::unique_ptr<tracking::Run> run_;
};

}  // namespace catdog
