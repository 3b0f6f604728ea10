// report.html: what came out of a training or an evaluation, as one page that needs nothing else.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "evaluation/label_issues.h"
#include "evaluation/metrics.h"
#include "support/feature_store.h"

namespace catdog {

using Facts = std::vector<std::pair<std::string, std::string>>;  // name, value

struct Report {
  const std::vector<std::string>& classes;
  const std::vector<Sample>& samples;
  std::function<Image(std::size_t row)> picture;  // the whole photo, squeezed to a square; empty where it is gone
  const std::vector<std::size_t>& rows;           // of the samples: the photos measured on
  const MetricsCollector& collected;              // what was said of them, in that order
  std::string title = {};
  std::string measured_on = {};                                      // "photos held out from training"
  nlohmann::ordered_json history = nlohmann::ordered_json::array();  // one object for each epoch; may be empty
  Facts facts = {};                                                  // how it was trained
  std::vector<LabelIssue> label_issues = {};
};

// For Report::picture. `store` must outlive it.
std::function<Image(std::size_t row)> stored_pictures(const FeatureStore& store);

// What a model bundle says of its training, for people.
Facts facts_of(const nlohmann::ordered_json& training);

// Styles, charts (SVG) and thumbnails are inside; there is no script, and nothing is loaded. Whatever comes from the
// data set's names is escaped.
std::string report_page(const Report& report);

}  // namespace catdog
