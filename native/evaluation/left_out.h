// Photos that a list takes out of a data set (--exclude).
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "support/feature_store.h"

namespace catdog {

// The paths that a file lists: one a line, or the column "path" of a CSV file that has one. Throws std::runtime_error
// where it cannot be read or is damaged.
std::vector<std::string> read_path_list(const std::filesystem::path& file);

// The rows of the photos that are listed, in their order, and how many paths of the list no photo has.
struct ListedRows {
  std::vector<std::size_t> rows;
  std::size_t unknown = 0;
  std::string first_unknown;
};
ListedRows find_listed(const FeatureStore& store, const std::vector<std::string>& paths);

// Leaves the photos out that `list` names (empty: none), and says on stderr how many those are, and how many lines
// match nothing.
void leave_out_listed(FeatureStore& store, const std::filesystem::path& list);

// Identifies the photos that are left out, by their content; empty where there are none.
std::string left_out_digest(const FeatureStore& store);

}  // namespace catdog
