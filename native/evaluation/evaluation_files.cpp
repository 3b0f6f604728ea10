#include "evaluation/evaluation_files.h"

#include <algorithm>

#include "catdog/model/csv.h"
#include "catdog/photo/paths.h"
#include "evaluation/report_page.h"
#include "support/files.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

std::string json_text(const nlohmann::ordered_json& json) {
  // Paths may be any bytes, JSON is UTF-8.
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

void write_predictions(const fs::path& file, const ModelEvaluation& evaluation) {
  const std::vector<std::string>& labels = evaluation.set.classes;
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < evaluation.predictions.size(); ++row) {
    if (evaluation.predictions[row].models > 0 || !evaluation.errors[row].empty()) rows.push_back(row);
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [&](std::size_t a, std::size_t b) { return path_less(evaluation.paths[a], evaluation.paths[b]); });
  std::string csv = csv_header(labels);
  for (const std::size_t row : rows) {
    Row line;
    line.path = evaluation.paths[row];
    line.error = evaluation.errors[row];
    Prediction prediction;
    if (line.error.empty()) {
      const PhotoPrediction& said = evaluation.predictions[row];
      prediction = predict(said.probabilities.data(), static_cast<int>(labels.size()), said.presence,
                           evaluation.models.front().bundle.card.thresholds);
      line.prediction = &prediction;
      line.width = evaluation.set.samples[row].width, line.height = evaluation.set.samples[row].height;
    }
    csv += csv_row(line, labels);
  }
  write_file(file, csv);
}

void write_report(const fs::path& file, const ModelEvaluation& evaluation, bool with_label_issues) {
  const std::vector<TrainedModel>& models = evaluation.models;
  const StorePredictions& predictions = evaluation.report.predictions;
  Report report{evaluation.set.classes, evaluation.set.samples, evaluation.picture, predictions.rows,
                predictions.classes};
  report.title = models.size() == 1 ? models[0].name() : std::to_string(models.size()) + " models";
  report.measured_on = evaluation.report.test_set;
  if (with_label_issues) report.label_issues = evaluation.report.label_issues;
  if (models.size() == 1) report.history = models[0].history;
  for (const TrainedModel& model : models) {
    const auto training = model.card.value("training", nlohmann::ordered_json::object());
    if (models.size() == 1) {
      report.facts = facts_of(training);
    } else {
      const std::string fold = training.value("fold", "");
      report.facts.emplace_back(model.name(), model.bundle.card.name + (fold.empty() ? "" : ", fold " + fold));
    }
  }
  write_file(file, report_page(report));
}

void write_json(const fs::path& file, const nlohmann::ordered_json& json) { write_file(file, json_text(json)); }

void record_metrics(const ModelEvaluation& evaluation, const std::string& name) {
  const TrainedModel& model = evaluation.models.front();
  write_file(model.bundle.onnx_file.parent_path() / "model.json",
             json_text(with_test_set(model.card, name, evaluation.report)));
}

}  // namespace catdog
