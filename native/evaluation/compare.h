// catdog-evaluate compare: trained models side by side.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace catdog {

struct CompareOptions {
  std::vector<std::filesystem::path> models;
  std::filesystem::path features;  // empty: the figures that the models bring along
  std::filesystem::path exclude;   // a list of photos to leave out; empty: none
  std::filesystem::path json;      // a file to write; empty: not wanted
  bool external_data = false;      // the store's photos are new to all of the models
  int threads = 0;                 // 0: one for each core
};

// A table, as text; with a feature store all are measured on the photos that none of them learned from, and McNemar's
// test says whether the first two differ. Throws std::runtime_error.
std::string compare(const CompareOptions& options);

}  // namespace catdog
