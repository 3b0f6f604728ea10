// Pipeline 3: from photos to predictions as CSV.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "catdog/network/network.h"
#include "support/shard.h"

namespace catdog {

struct ClassifyOptions {
  std::vector<std::string> inputs;  // folders, files, "-": a list on standard input
  bool frames = false;              // photos come on standard input, see frames.h; `inputs` is empty
  bool null_separated = false;      // of that list
  std::filesystem::path model;      // the bundle's folder; empty: shipped_model()
  std::string out = "-";            // "-": standard output
  network::Precision precision = network::Precision::kBest;
  bool tta = false;                // several looks at doubtful photos, see looks.h
  int batch = 16;                  // photos that a thread takes at a time
  int threads = 0;                 // 0: one for each core
  std::optional<float> threshold;  // of confidence, instead of the bundle's
  std::optional<float> presence;   // threshold of presence, instead of the bundle's
  std::filesystem::path explain;   // a folder for pictures of where the network looked; empty: none
  Shard shard;                     // only this part of the files, in the order of rows
};

struct ClassifySummary {
  std::string line;         // the last one to say
  bool all_failed = false;  // there were files, and every row is an error
};

// Writes one row for each file. Throws std::runtime_error where nothing can be done; a bad photo is only a row.
// What is written does not depend on `batch` and `threads`.
ClassifySummary classify(const ClassifyOptions& options);

}  // namespace catdog
