#include "evaluation/by_source.h"

#include <algorithm>

#include "evaluation/metrics_text.h"

namespace catdog {
namespace {

double share(std::size_t part, std::size_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

std::string percent(std::size_t part, std::size_t whole) {
  return whole > 0 ? format_text("%10.2f %%", 100 * share(part, whole)) : std::string(12, ' ');
}

std::string line_of(const SourceMetrics& one, int width) {
  return format_text("%-*s%8zu", width, one.name.c_str(), one.photos) + percent(one.right, one.photos) +
         (one.photos > 0 ? format_text("%10.4f", one.loss) : std::string(10, ' ')) + percent(one.rejected, one.photos) +
         percent(one.uncertain, one.photos) + percent(one.decided_wrong, one.photos) +
         format_text("%11zu", one.negatives) + percent(one.detected, one.negatives) + "\n";
}

}  // namespace

std::vector<SourceMetrics> metrics_by_source(const std::vector<Sample>& samples, const std::vector<Source>& sources,
                                             const StorePredictions& said, const Thresholds& thresholds) {
  std::vector<SourceMetrics> all(sources.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i].name = sources[i].name;
  const auto absent = [&](const std::vector<float>& presence, std::size_t i) {
    return !presence.empty() && presence[i] < thresholds.presence;
  };
  for (std::size_t i = 0; i < said.rows.size(); ++i) {
    SourceMetrics& one = all[samples[said.rows[i]].source];
    const bool right = said.classes.said(i) == said.classes.label(i);
    ++one.photos;
    one.right += right;
    one.loss += said.classes.loss(i);
    if (absent(said.presence, i)) {
      ++one.rejected;
    } else if (said.classes.probabilities(i)[said.classes.said(i)] < thresholds.confidence) {
      ++one.uncertain;
    } else if (!right) {
      ++one.decided_wrong;
    }
  }
  for (std::size_t i = 0; i < said.negative_rows.size(); ++i) {
    SourceMetrics& one = all[samples[said.negative_rows[i]].source];
    ++one.negatives;
    one.detected += absent(said.negative_presence, i) || said.negative_confidence[i] < thresholds.confidence;
  }
  for (SourceMetrics& one : all) one.loss /= static_cast<double>(std::max<std::size_t>(1, one.photos));
  all.erase(
      std::remove_if(all.begin(), all.end(), [](const SourceMetrics& one) { return one.photos + one.negatives == 0; }),
      all.end());
  return all;
}

SourceMetrics total_of(const std::vector<SourceMetrics>& sources) {
  SourceMetrics total;
  total.name = "all";
  for (const SourceMetrics& one : sources) {
    total.photos += one.photos, total.right += one.right, total.rejected += one.rejected;
    total.uncertain += one.uncertain, total.decided_wrong += one.decided_wrong;
    total.negatives += one.negatives, total.detected += one.detected;
    total.loss += one.loss * static_cast<double>(one.photos);
  }
  total.loss /= static_cast<double>(std::max<std::size_t>(1, total.photos));
  return total;
}

nlohmann::ordered_json to_json(const std::vector<SourceMetrics>& sources) {
  auto json = nlohmann::ordered_json::array();
  for (const SourceMetrics& one : sources) {
    nlohmann::ordered_json item = {{"source", one.name}, {"photos", one.photos}};
    if (one.photos > 0) {
      item.update({{"accuracy", share(one.right, one.photos)},
                   {"loss", one.loss},
                   {"rejected", share(one.rejected, one.photos)},
                   {"uncertain", share(one.uncertain, one.photos)},
                   {"decided_wrong", share(one.decided_wrong, one.photos)}});
    }
    item["negatives"] = one.negatives;
    if (one.negatives > 0) item["detected"] = share(one.detected, one.negatives);
    json.push_back(std::move(item));
  }
  return json;
}

std::string by_source_text(const std::vector<SourceMetrics>& sources) {
  std::size_t width = 8;
  for (const SourceMetrics& one : sources) width = std::max(width, one.name.size() + 2);
  const int columns = static_cast<int>(width);
  std::string text = format_text("%-*s%8s%12s%10s%12s%12s%12s%11s%12s\n", columns, "source", "photos", "accuracy",
                                 "log-loss", "rejected", "uncertain", "wrong", "negatives", "detected");
  for (const SourceMetrics& one : sources) text += line_of(one, columns);
  return text + line_of(total_of(sources), columns);
}

std::vector<double> even_weights(const FeatureStore& store, const std::vector<std::size_t>& rows) {
  const auto part_of = [&](std::size_t row) {
    std::size_t part = 0;
    while (row >= store.parts()[part].end_row) ++part;
    return part;
  };
  std::vector<double> counts(store.parts().size(), 0), weights;
  for (const std::size_t row : rows) ++counts[part_of(row)];
  for (const std::size_t row : rows) weights.push_back(1 / counts[part_of(row)]);
  return weights;
}

}  // namespace catdog
