// catdog-evaluate compare: trained models side by side.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "evaluation/mcnemar.h"

namespace catdog {

struct CompareOptions {
  std::vector<std::filesystem::path> models;
  std::filesystem::path features;  // empty: the metrics that the models bring along
  std::filesystem::path exclude;   // a list of photos to leave out; empty: none
  bool external_data = false;      // the store's photos are new to all of the models
  int threads = 0;                 // 0: one for each core
};

struct Comparison {
  std::vector<std::string> names;  // of the models, for people
  // One object for each model: folder, name, metrics (null where they are not known), size and milliseconds a photo.
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  std::optional<McNemar> test;  // of the first two; not without a feature store
};

// With a feature store all are measured on the photos that none of them learned from. Throws std::runtime_error.
Comparison compare_models(const CompareOptions& options);

// A table, and what McNemar's test says.
std::string comparison_text(const Comparison& comparison);
// {"models": […], "mcnemar": {…}}
nlohmann::ordered_json to_json(const Comparison& comparison);

}  // namespace catdog
