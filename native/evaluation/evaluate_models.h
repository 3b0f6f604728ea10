// How good trained models are on photos that they did not learn from.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "evaluation/evaluation_report.h"
#include "evaluation/test_set.h"
#include "evaluation/trained_model.h"

namespace catdog {

struct EvaluateOptions {
  std::vector<std::filesystem::path> models;  // at least one
  FileSetOptions photos;                      // its folder is empty: the feature store
  std::filesystem::path features;
  bool external_data = false;  // all of the photos are new to all of the models
  bool corruptions = false;    // also the photos corrupted; not with a feature store
  network::Precision precision = network::Precision::kBest;
  std::filesystem::path exclude;  // a list of photos to leave out; empty: none
  int threads = 0;                // 0: one for each core
};

// What was measured, and all that is needed to write it down.
struct ModelEvaluation {
  std::vector<TrainedModel> models;
  TestSet set;
  std::vector<std::string> paths;            // of each row, as in predictions
  std::vector<PhotoPrediction> predictions;  // of each row
  std::vector<std::string> errors;           // of each row: why the photo cannot be read; empty: it can
  std::function<Image(std::size_t row)> picture;
  EvaluationReport report;
};

// Each photo is predicted by those of the models that did not learn from it, their probabilities averaged: of models
// that held out different folds, the cross-validated confidence. Decisions follow the thresholds of the first model.
// Throws std::runtime_error where nothing can be measured; a photo that cannot be read is counted.
ModelEvaluation evaluate_models(const EvaluateOptions& options);

}  // namespace catdog
