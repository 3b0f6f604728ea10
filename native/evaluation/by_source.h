// How good predictions are on each source of the photos by itself.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "catdog/model/card.h"
#include "evaluation/metrics.h"
#include "support/feature_store.h"

namespace catdog {

// What a network says of photos of a store.
struct StorePredictions {
  std::vector<std::size_t> rows;  // of the photos with a class, in the order of `classes`
  MetricsCollector classes;
  std::vector<float> presence;  // of those; empty: the network does not tell
  std::vector<std::size_t> negative_rows;
  std::vector<float> negative_presence, negative_confidence;
};

struct SourceMetrics {
  std::string name;
  std::size_t photos = 0, right = 0;        // with a class; those whose most probable class is theirs
  std::size_t rejected = 0;                 // below the presence threshold
  std::size_t uncertain = 0;                // of the others, below the confidence threshold
  std::size_t decided_wrong = 0;            // of the others, those of another class
  std::size_t negatives = 0, detected = 0;  // those that are called none of the classes: rejected or uncertain
  double loss = 0;                          // mean cross-entropy of the photos with a class
};

// Of each source that has any of these photos, in the sources' order. The rows are those of `samples`.
std::vector<SourceMetrics> metrics_by_source(const std::vector<Sample>& samples, const std::vector<Source>& sources,
                                             const StorePredictions& said, const Thresholds& thresholds);
// The sum of all.
SourceMetrics total_of(const std::vector<SourceMetrics>& sources);

// [{"source": …, "photos": …, "accuracy": …, "loss": …, "rejected": …, …}, …]: shares of 1.
nlohmann::ordered_json to_json(const std::vector<SourceMetrics>& sources);
// A table.
std::string by_source_text(const std::vector<SourceMetrics>& sources);

// How much each row counts where thresholds are fitted: all folders that the store was read from count alike, however
// many photos they have.
std::vector<double> even_weights(const FeatureStore& store, const std::vector<std::size_t>& rows);

}  // namespace catdog
