// catdog-train evaluate: how good trained models are on photos that they did not learn from.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace catdog {

struct EvaluateOptions {
  std::vector<std::filesystem::path> runs;
  std::filesystem::path features;
  std::filesystem::path exclude;                 // a list of photos to leave out; empty: none
  std::filesystem::path report, suspects, json;  // files to write; empty: not wanted
  bool all = false;                              // the store's photos are new to all of the runs
  int threads = 0;                               // 0: one for each core
};

// Each photo is judged by those of the models that did not learn from it, their probabilities averaged: of models that
// held back different folds, the cross-validated confidence. Gives the figures as text. Throws std::runtime_error.
std::string evaluate(const EvaluateOptions& options);

}  // namespace catdog
