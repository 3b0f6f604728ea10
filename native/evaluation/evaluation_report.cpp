#include "evaluation/evaluation_report.h"

#include <algorithm>

#include "evaluation/corruption.h"
#include "evaluation/metrics_text.h"

namespace catdog {
namespace {

using Json = nlohmann::ordered_json;

Prediction decide(const PhotoPrediction& said, const Thresholds& thresholds) {
  return predict(said.probabilities.data(), static_cast<int>(said.probabilities.size()), said.presence, thresholds);
}

Decisions decisions_on(const TestSet& set, const std::vector<PhotoPrediction>& predictions,
                       const MetricsCollector& classes, const Thresholds& thresholds) {
  Decisions decisions;
  std::vector<bool> rejected;
  for (std::size_t row = 0; row < predictions.size(); ++row) {
    const int label = set.samples[row].label;
    if (predictions[row].models == 0 || label == kNegative) continue;
    const Prediction prediction = decide(predictions[row], thresholds);
    rejected.push_back(prediction.decision == Decision::kNone);
    decisions.rejected += rejected.back();
    decisions.uncertain += prediction.decision == Decision::kUncertain;
    decisions.decided_right += prediction.decision == Decision::kClass && prediction.class_id == label;
  }
  decisions.threshold = static_cast<double>(classes.confidence_threshold(kAbstainedShare, rejected));
  return decisions;
}

NegativeDecisions decisions_on_negatives(const TestSet& set, const std::vector<PhotoPrediction>& predictions,
                                         const Thresholds& thresholds) {
  NegativeDecisions decisions;
  for (std::size_t row = 0; row < predictions.size(); ++row) {
    if (predictions[row].models == 0 || set.samples[row].label != kNegative) continue;
    const Decision decision = decide(predictions[row], thresholds).decision;
    ++decisions.photos;
    decisions.rejected += decision == Decision::kNone;
    decisions.uncertain += decision == Decision::kUncertain;
  }
  return decisions;
}

Json to_json(const Decisions& decisions, std::size_t photos) {
  return {{"rejected", decisions.rejected},
          {"uncertain", decisions.uncertain},
          {"decided", photos - decisions.rejected - decisions.uncertain},
          {"decided_right", decisions.decided_right},
          {"threshold", decisions.threshold}};
}

Json to_json(const NegativeDecisions& negatives) {
  const auto interval = wilson_interval(negatives.detected(), negatives.photos);
  return {{"photos", negatives.photos},
          {"detected", negatives.detected()},
          {"detected_interval", {interval.first, interval.second}},
          {"rejected", negatives.rejected},
          {"uncertain", negatives.uncertain}};
}

}  // namespace

StorePredictions collect(const TestSet& set, const std::vector<PhotoPrediction>& predictions) {
  StorePredictions said{{}, MetricsCollector(static_cast<int>(set.classes.size())), {}, {}, {}, {}};
  for (std::size_t row = 0; row < predictions.size(); ++row) {
    const PhotoPrediction& one = predictions[row];
    if (one.models == 0) continue;
    if (set.samples[row].label == kNegative) {
      said.negative_rows.push_back(row);
      said.negative_presence.push_back(one.presence);
      said.negative_confidence.push_back(*std::max_element(one.probabilities.begin(), one.probabilities.end()));
    } else {
      said.rows.push_back(row);
      said.classes.add(set.samples[row].label, one.probabilities.data());
      said.presence.push_back(one.presence);
    }
  }
  return said;
}

void add_metrics(EvaluationReport& report, const TestSet& set, const std::vector<PhotoPrediction>& predictions,
                 const std::vector<std::vector<PhotoPrediction>>& corrupted, const Thresholds& thresholds) {
  report.labels = set.classes;
  report.predictions = collect(set, predictions);
  report.metrics = report.predictions.classes.finish();
  report.decisions = decisions_on(set, predictions, report.predictions.classes, thresholds);
  report.negatives = decisions_on_negatives(set, predictions, thresholds);
  report.sources = metrics_by_source(set.samples, set.sources, report.predictions, thresholds);
  report.label_issues = find_label_issues(report.predictions.classes);
  for (std::size_t i = 0; i < corrupted.size(); ++i) {
    const MetricsCollector classes = collect(set, corrupted[i]).classes;
    report.corruptions.push_back(
        {corruption_names()[i], classes.finish(), decisions_on(set, corrupted[i], classes, thresholds)});
  }
}

Json to_json(const EvaluationReport& report) {
  Json json = {{"test_set", report.test_set},       {"models", report.models},
               {"data_digest", report.data_digest}, {"exclusions_digest_of", report.exclusions_digest_of},
               {"unreadable", report.unreadable},   {"label_issues", report.label_issues.size()}};
  json.update(to_json(report.metrics, report.labels));
  json["decisions"] = to_json(report.decisions, report.metrics.photos);
  if (report.negatives.photos > 0) json["negatives"] = to_json(report.negatives);
  json["by_source"] = to_json(report.sources);
  for (const CorruptionReport& one : report.corruptions) {
    Json& corruption = json["corruptions"][one.name];
    corruption = to_json(one.metrics, report.labels);
    corruption["decisions"] = to_json(one.decisions, one.metrics.photos);
  }
  return json;
}

Json with_test_set(Json card, const std::string& name, const EvaluationReport& report) {
  const Json all = to_json(report);
  Json one = {{"test_set", name}};
  for (const char* key :
       {"photos", "accuracy", "accuracy_interval", "f1", "roc_auc", "log_loss", "ece", "decisions", "negatives"}) {
    if (all.contains(key)) one[key] = all[key];
  }
  if (report.sources.size() > 1) one["by_source"] = all["by_source"];
  Json metrics = Json::array();
  for (const Json& other : card.value("metrics", Json::array())) {
    if (!other.is_object() || other.value("test_set", Json()) != Json(name)) metrics.push_back(other);
  }
  metrics.push_back(std::move(one));
  card["metrics"] = std::move(metrics);
  return card;
}

}  // namespace catdog
