// A trained model as the evaluation sees it: a training's folder, or a bare model bundle.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "evaluation/folds.h"
#include "model/bundle.h"
#include "support/feature_store.h"

namespace catdog {

struct TrainedModel {
  std::filesystem::path folder;    // as the user named it
  ModelBundle bundle;              // FOLDER/model, or FOLDER itself
  nlohmann::ordered_json card;     // model.json
  nlohmann::ordered_json history;  // FOLDER/epochs.csv: one object for each epoch; empty for a bare bundle
  struct DataSet {
    std::string digest, split_digest;  // of its photos and of those held back, see FeatureStore
  };
  std::vector<DataSet> data_sets;  // that it was trained on; empty: not said
  Fold fold;

  std::string name() const;  // for tables: the folder's own name
};

// Throws std::runtime_error where there is no sound bundle.
TrainedModel open_trained_model(const std::filesystem::path& folder);

// Throws where the model's classes are not the store's; warns on stderr where the store's pictures are smaller than
// those that it takes, as a training on them may have been.
void check_fits(const TrainedModel& model, const FeatureStore& store);

// For each photo of the store whether the model did not learn from it: those that its training held back; with `all`
// every photo, as the user says that they are others than it was trained on. Throws where the digests of model and
// store say otherwise.
std::vector<bool> unseen_photos(const TrainedModel& model, const FeatureStore& store, bool all);

}  // namespace catdog
