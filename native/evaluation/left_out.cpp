#include "evaluation/left_out.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <unordered_map>

#include "support/csv_reader.h"
#include "support/files.h"
#include "support/hash.h"
#include "support/progress.h"

namespace catdog {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) lines.push_back(std::move(line));
    begin = end + 1;
  }
  return lines;
}

}  // namespace

std::vector<std::string> read_path_list(const std::filesystem::path& file) {
  std::string text;
  try {
    const auto bytes = read_file(file);
    text.assign(bytes.begin(), bytes.end());
  } catch (const std::exception& failure) {
    throw std::runtime_error(file.string() + ": " + failure.what());
  }
  if (text.empty()) return {};
  CsvReader table(file);
  const auto column = std::find(table.columns().begin(), table.columns().end(), "path");
  if (column == table.columns().end()) return lines_of(text);
  const std::size_t at = static_cast<std::size_t>(column - table.columns().begin());
  std::vector<std::string> paths, cells;
  while (table.next(cells)) paths.push_back(cells[at]);
  return paths;
}

ListedRows find_listed(const FeatureStore& store, const std::vector<std::string>& paths) {
  std::unordered_map<std::string, std::size_t> row_of;
  for (std::size_t row = 0; row < store.samples().size(); ++row) row_of.emplace(store.samples()[row].path, row);
  ListedRows found;
  for (const std::string& path : paths) {
    const auto row = row_of.find(path);
    if (row != row_of.end()) {
      found.rows.push_back(row->second);
    } else if (found.unknown++ == 0) {
      found.first_unknown = path;
    }
  }
  std::sort(found.rows.begin(), found.rows.end());
  found.rows.erase(std::unique(found.rows.begin(), found.rows.end()), found.rows.end());
  return found;
}

void leave_out_listed(FeatureStore& store, const std::filesystem::path& list) {
  if (list.empty()) return;
  const std::vector<std::string> paths = read_path_list(list);
  const ListedRows listed = find_listed(store, paths);
  store.leave_out(listed.rows);
  std::fprintf(stderr, "%s: %s of %s photos are left out%s\n", list.c_str(), format_count(listed.rows.size()).c_str(),
               format_count(store.samples().size()).c_str(), paths.empty() ? ": the list is empty" : "");
  if (listed.unknown > 0) {
    std::fprintf(stderr, "%s: warning: %s of %s lines match no photo of the feature store; the first is '%s'\n",
                 list.c_str(), format_count(listed.unknown).c_str(), format_count(paths.size()).c_str(),
                 listed.first_unknown.c_str());
  }
}

std::string left_out_digest(const FeatureStore& store) {
  Sha256 hash;
  bool any = false;
  for (const Sample& sample : store.samples()) {
    if (sample.split != Split::kLeftOut) continue;
    hash.add(sample.sha256 + "\n");
    any = true;
  }
  return any ? hash.hex() : "";
}

}  // namespace catdog
