#include "evaluation/label_issues.h"

#include <algorithm>

#include "catdog/model/csv.h"
#include "catdog/photo/paths.h"
#include "evaluation/metrics_text.h"
#include "support/files.h"

namespace catdog {

std::vector<double> class_thresholds(const MetricsCollector& collected) {
  std::vector<double> thresholds(collected.classes(), 0);
  std::vector<std::size_t> photos(collected.classes(), 0);
  for (std::size_t i = 0; i < collected.size(); ++i) {
    thresholds[collected.label(i)] += collected.probabilities(i)[collected.label(i)];
    ++photos[collected.label(i)];
  }
  for (int c = 0; c < collected.classes(); ++c) {
    // Without a photo there is nothing usual, and nobody is suspected to be of that class.
    thresholds[c] = photos[c] > 0 ? thresholds[c] / static_cast<double>(photos[c]) : 2;
  }
  return thresholds;
}

std::vector<LabelIssue> find_label_issues(const MetricsCollector& collected) {
  const std::vector<double> thresholds = class_thresholds(collected);
  std::vector<LabelIssue> issues;
  for (std::size_t i = 0; i < collected.size(); ++i) {
    const float* p = collected.probabilities(i);
    const int label = collected.label(i);
    if (p[label] >= thresholds[label]) continue;
    int likely = label;
    for (int c = 0; c < collected.classes(); ++c) {
      if (p[c] >= thresholds[c] && p[c] > p[likely]) likely = c;
    }
    if (likely != label) issues.push_back({i, label, likely, p[label], p[likely]});
  }
  std::stable_sort(issues.begin(), issues.end(), [](const LabelIssue& a, const LabelIssue& b) {
    return a.given_probability - a.likely_probability < b.given_probability - b.likely_probability;
  });
  return issues;
}

void write_label_issues(const std::filesystem::path& file, const std::vector<LabelIssue>& issues, const TestSet& set,
                        const std::vector<std::size_t>& rows) {
  std::string csv = "path,label,likely_label,label_confidence,likely_confidence\r\n";
  for (const LabelIssue& one : issues) {
    csv += csv_text(escape_path(set.samples[rows[one.photo]].path)) + ',' + csv_text(set.classes[one.label]) + ',' +
           csv_text(set.classes[one.likely]) +
           format_text(",%.6f,%.6f\r\n", static_cast<double>(one.given_probability),
                       static_cast<double>(one.likely_probability));
  }
  write_file(file, csv);
}

}  // namespace catdog
