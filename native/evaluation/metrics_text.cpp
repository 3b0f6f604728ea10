#include "evaluation/metrics_text.h"

#include <cstdarg>
#include <cstdio>

#include "catdog/text.h"
#include "support/progress.h"

namespace catdog {

std::string format_text(const char* format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  std::string text(static_cast<std::size_t>(std::vsnprintf(nullptr, 0, format, arguments)), '\0');
  std::vsnprintf(text.data(), text.size() + 1, format, again);
  va_end(again);
  va_end(arguments);
  return text;
}

nlohmann::ordered_json to_json(const Metrics& metrics, const std::vector<std::string>& labels) {
  nlohmann::ordered_json json = {
      {"photos", metrics.photos},
      {"accuracy", metrics.accuracy},
      {"accuracy_interval", {metrics.accuracy_interval.first, metrics.accuracy_interval.second}},
      {"f1", metrics.f1},
      {"roc_auc", metrics.roc_auc},
      {"log_loss", metrics.loss},
      {"ece", metrics.ece}};
  for (std::size_t c = 0; c < labels.size(); ++c) {
    const ClassMetrics& one = metrics.classes[c];
    json["classes"].push_back({{"label", labels[c]},
                               {"photos", one.photos},
                               {"precision", one.precision},
                               {"recall", one.recall},
                               {"f1", one.f1},
                               {"roc_auc", one.roc_auc}});
  }
  json["confusion"] = metrics.confusion;
  json["reliability"] = nlohmann::ordered_json::array();
  for (const ReliabilityBin& bin : metrics.reliability) {
    json["reliability"].push_back({{"low", bin.low},
                                   {"high", bin.high},
                                   {"photos", bin.photos},
                                   {"confidence", bin.confidence},
                                   {"accuracy", bin.accuracy}});
  }
  return json;
}

std::string metrics_text(const Metrics& metrics, const std::vector<std::string>& own_labels,
                         const std::string& photos) {
  std::vector<std::string> labels;
  for (const std::string& label : own_labels) labels.push_back(visible(label));
  std::size_t width = 12;
  for (const std::string& label : labels) width = std::max(width, label.size() + 2);
  const int w = static_cast<int>(width);
  std::string text = format_text(
      "On the %s %s: accuracy %.2f %% (95 %% interval %.2f-%.2f %%), F1 %.4f, ROC AUC %.4f, log-loss %.4f, "
      "calibration error %.2f %%\n\n%-*s%10s%10s%10s%10s%10s\n",
      format_count(metrics.photos).c_str(), photos.c_str(), 100 * metrics.accuracy,
      100 * metrics.accuracy_interval.first, 100 * metrics.accuracy_interval.second, metrics.f1, metrics.roc_auc,
      metrics.loss, 100 * metrics.ece, w, "class", "photos", "precision", "recall", "F1", "ROC AUC");
  for (std::size_t c = 0; c < labels.size(); ++c) {
    const ClassMetrics& one = metrics.classes[c];
    text += format_text("%-*s%10zu%10.4f%10.4f%10.4f%10.4f\n", w, labels[c].c_str(), one.photos, one.precision,
                        one.recall, one.f1, one.roc_auc);
  }
  text += format_text("\n%-*s", w, "true \\ said");
  for (const std::string& label : labels) text += format_text("%*s", w, label.c_str());
  text += '\n';
  for (std::size_t c = 0; c < labels.size(); ++c) {
    text += format_text("%-*s", w, labels[c].c_str());
    for (const std::size_t count : metrics.confusion[c]) text += format_text("%*zu", w, count);
    text += '\n';
  }
  return text;
}

nlohmann::ordered_json to_json(const PresenceMetrics& metrics) {
  return {{"photos", metrics.photos},   {"others", metrics.others},   {"threshold", metrics.threshold},
          {"refused", metrics.refused}, {"flagged", metrics.flagged}, {"roc_auc", metrics.roc_auc}};
}

}  // namespace catdog
