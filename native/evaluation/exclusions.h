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
ListedRows find_listed(const std::vector<Sample>& samples, const std::vector<std::string>& paths);

// The rows of the photos that `list` names (empty: none). Says on stderr how many those are, and how many lines match
// nothing.
std::vector<std::size_t> listed_rows(const std::vector<Sample>& samples, const std::filesystem::path& list);
// Leaves them out.
void leave_out_listed(FeatureStore& store, const std::filesystem::path& list);

// Identifies the photos that are left out, by their content; empty where there are none.
std::string exclusions_digest_of(const std::vector<Sample>& samples);

}  // namespace catdog
