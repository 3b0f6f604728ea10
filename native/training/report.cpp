#include "training/report.h"

#include <cstdio>
#include <memory>

#include "support/progress.h"

namespace catdog {

std::string history_csv(const nlohmann::ordered_json& history) {
  std::string csv;
  for (const auto& epoch : history) {
    std::string names, values;
    for (const auto& [name, value] : epoch.items()) {
      names += (names.empty() ? "" : ",") + name;
      values += (values.empty() ? "" : ",") + value.dump();
    }
    if (csv.empty()) csv = names + "\r\n";
    csv += values + "\r\n";
  }
  return csv;
}

void say_epoch(const nlohmann::ordered_json& epoch, int epochs, bool best) {
  const auto number = [&](const char* name) { return epoch.at(name).get<double>(); };
  std::fprintf(
      stderr,
      "Epoch %3d of %d   train: loss %.4f, accuracy %.2f %%, F1 %.4f   validation: loss %.4f, accuracy %.2f %%, "
      "F1 %.4f   %.0f photos/s%s\n",
      epoch.at("epoch").get<int>(), epochs, number("train_loss"), 100 * number("train_accuracy"), number("train_f1"),
      number("validation_loss"), 100 * number("validation_accuracy"), number("validation_f1"),
      number("photos_per_second"), best ? "   best so far" : "");
}

void say_presence(const PresenceMetrics& metrics) {
  std::fprintf(stderr,
               "\nPhotos of neither: %.2f %% of the %s others are told, %.2f %% of the photos held out are refused "
               "(threshold %.4f, ROC AUC %.4f)\n",
               100 * metrics.flagged, format_count(metrics.others).c_str(), 100 * metrics.refused, metrics.threshold,
               metrics.roc_auc);
}

std::string current_commit() {
  const std::unique_ptr<FILE, int (*)(FILE*)> git(popen("git rev-parse HEAD 2>/dev/null", "r"), pclose);
  char line[64] = "";
  if (!git || !std::fgets(line, sizeof line, git.get())) return "unknown";
  return std::string(line).substr(0, 40);
}

}  // namespace catdog
