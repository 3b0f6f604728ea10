#include "evaluation/evaluation_text.h"

#include "evaluation/metrics_text.h"
#include "support/progress.h"

namespace catdog {
namespace {

double percent(std::size_t part, std::size_t whole) {
  return whole > 0 ? 100 * static_cast<double>(part) / static_cast<double>(whole) : 0;
}

std::string decisions_text(const Decisions& decisions, std::size_t photos) {
  const std::size_t decided = photos - decisions.rejected - decisions.uncertain;
  const std::string counts =
      format_text("%s rejected (%.2f %%), %s uncertain (%.2f %%); ", format_count(decisions.rejected).c_str(),
                  percent(decisions.rejected, photos), format_count(decisions.uncertain).c_str(),
                  percent(decisions.uncertain, photos)) +
      format_text("of the %s others %s (%.2f %%) are classified correctly.\n", format_count(decided).c_str(),
                  format_count(decisions.decided_right).c_str(), percent(decisions.decided_right, decided));
  const double share = 100 * kAbstainedShare;
  if (percent(decisions.rejected, photos) > share) {
    return counts + format_text("Whatever the --threshold, more than %.0f %% are rejected.\n", share);
  }
  return counts +
         format_text("With --threshold %.4f %.0f %% would be rejected or uncertain.\n", decisions.threshold, share);
}

std::string negatives_text(const NegativeDecisions& negatives) {
  const auto interval = wilson_interval(negatives.detected(), negatives.photos);
  return format_text("%s of %s negatives are detected: %.2f %% (95 %% interval %.2f-%.2f %%); ",
                     format_count(negatives.detected()).c_str(), format_count(negatives.photos).c_str(),
                     percent(negatives.detected(), negatives.photos), 100 * interval.first, 100 * interval.second) +
         format_text("%s rejected, %s uncertain.\n", format_count(negatives.rejected).c_str(),
                     format_count(negatives.uncertain).c_str());
}

std::string corruptions_text(const std::vector<CorruptionReport>& corruptions) {
  std::string text = format_text("%-12s%8s%12s%18s%10s%10s%11s\n", "corruption", "photos", "accuracy", "95 % interval",
                                 "log-loss", "rejected", "uncertain");
  for (const CorruptionReport& one : corruptions) {
    const Metrics& metrics = one.metrics;
    const std::string interval =
        format_text("%.2f-%.2f %%", 100 * metrics.accuracy_interval.first, 100 * metrics.accuracy_interval.second);
    text += format_text("%-12s%8zu%10.2f %%%18s%10.4f%10zu%11zu\n", one.name.c_str(), metrics.photos,
                        100 * metrics.accuracy, interval.c_str(), metrics.loss, one.decisions.rejected,
                        one.decisions.uncertain);
  }
  return text;
}

}  // namespace

std::string evaluation_text(const EvaluationReport& report) {
  std::string text = metrics_text(report.metrics, report.labels, report.test_set) + '\n' +
                     decisions_text(report.decisions, report.metrics.photos);
  if (report.unreadable > 0) {
    text += format_count(report.unreadable) + (report.unreadable == 1 ? " file" : " files") +
            " could not be read, such as " + report.first_unreadable + "\n";
  }
  if (report.sources.size() > 1 || report.negatives.photos > 0) text += '\n' + by_source_text(report.sources);
  if (report.negatives.photos > 0) text += '\n' + negatives_text(report.negatives);
  if (!report.corruptions.empty()) text += '\n' + corruptions_text(report.corruptions);
  return text;
}

}  // namespace catdog
