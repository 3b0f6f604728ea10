// A trained model as the evaluation sees it: a training's folder, or a bare model bundle.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "evaluation/cross_validation_folds.h"
#include "evaluation/test_set.h"
#include "model/bundle.h"

namespace catdog {

struct TrainedModel {
  std::filesystem::path folder;    // as the user named it
  ModelBundle bundle;              // FOLDER/model, or FOLDER itself
  nlohmann::ordered_json card;     // model.json
  nlohmann::ordered_json history;  // FOLDER/epochs.csv: one object for each epoch; empty for a bare bundle
  struct DataSet {
    std::string digest, split_digest;  // of its photos and of those held out, see FeatureStore
  };
  std::vector<DataSet> data_sets;  // that it was trained on; empty: not said
  Fold fold;

  std::string name() const;  // for tables: the folder's own name
};

// Throws std::runtime_error where there is no sound bundle.
TrainedModel open_trained_model(const std::filesystem::path& folder);

// Throws where the model's classes are others.
void check_classes(const TrainedModel& model, const std::vector<std::string>& classes);
// The store's; also warns on stderr where the store's pictures are smaller than those that the model takes, as a
// training on them may have been.
void check_fits(const TrainedModel& model, const FeatureStore& store);

// Throws where the model was trained with the photos of this digest, which the user called external data.
void check_external(const TrainedModel& model, const std::string& digest);

// For each photo of the set whether the model did not learn from it: those that its training held out. Throws where
// the digests of model and set say that it was trained with others, or held others of them back.
std::vector<bool> held_out_photos(const TrainedModel& model, const TestSet& set);

}  // namespace catdog
