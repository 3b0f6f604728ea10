// Figures for people and for files.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "evaluation/metrics.h"

namespace catdog {

// {"photos": …, "accuracy": …, "accuracy_interval": […], "f1": …, …, "ece": …, "reliability": [{"low": …}, …]}
nlohmann::ordered_json to_json(const Metrics& metrics, const std::vector<std::string>& labels);
// {"photos": …, "others": …, "threshold": …, "refused": …, "flagged": …, "roc_auc": …}
nlohmann::ordered_json to_json(const PresenceMetrics& metrics);

// Some lines: the figures, those of each class, the confusion matrix. `photos`: "photos held out".
std::string metrics_text(const Metrics& metrics, const std::vector<std::string>& labels, const std::string& photos);

// printf into a string.
std::string format_text(const char* format, ...) __attribute__((format(printf, 1, 2)));

}  // namespace catdog
