// What a training leaves for others: figures of its network, a report, and the model bundle.
#pragma once

#include <torch/torch.h>

#include <nlohmann/json.hpp>
#include <string>

#include "evaluation/by_source.h"
#include "evaluation/metrics.h"
#include "training/data/training_data.h"
#include "training/network/weights.h"

namespace catdog {

struct TrainingResult {
  Metrics metrics;
  std::string test_set;                // identifies the photos measured on
  std::vector<SourceMetrics> sources;  // of the same photos
};

// Measures the network on the photos that `data` holds back, as it is shipped: normalisations folded away, numbers
// rounded to half precision, probabilities calibrated (temperature) and thresholds fitted on the same photos. Writes
// model/, metrics.json and report.html into the folder data.options().out, and the figures to stderr. `recipe`: how it
// was trained, for bundle and report. `history`: one object for each epoch, for the report; may be empty. Throws
// std::runtime_error where a file cannot be written, Interrupted after Ctrl-C.
TrainingResult write_result(const PlainNetwork& trained, const torch::Device& device, const TrainingData& data,
                            const nlohmann::ordered_json& recipe, const nlohmann::ordered_json& history);

}  // namespace catdog
