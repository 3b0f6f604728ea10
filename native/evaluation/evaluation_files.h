// The files that an evaluation is written into.
#pragma once

#include <filesystem>
#include <string>

#include "evaluation/evaluate_models.h"

namespace catdog {

// Predictions as catdog-classify writes them: one row for every photo that was asked about, also one that cannot be
// read.
void write_predictions(const std::filesystem::path& file, const ModelEvaluation& evaluation);

// report.html, with the label issues where they are asked for.
void write_report(const std::filesystem::path& file, const ModelEvaluation& evaluation, bool with_label_issues);

void write_json(const std::filesystem::path& file, const nlohmann::ordered_json& json);

// Adds the metrics to the model.json of the (only) model's bundle, as those of the test set `name`.
void record_metrics(const ModelEvaluation& evaluation, const std::string& name);

}  // namespace catdog
