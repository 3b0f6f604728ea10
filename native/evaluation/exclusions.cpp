#include "evaluation/exclusions.h"

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

#include "catdog/photo/paths.h"
#include "support/csv_reader.h"
#include "support/files.h"
#include "support/hash.h"
#include "support/progress.h"
#include "support/say.h"

namespace catdog {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  const std::string mark = "\xEF\xBB\xBF";  // of the order of bytes, as on Windows
  for (std::size_t begin = text.rfind(mark, 0) == 0 ? mark.size() : 0; begin < text.size();) {
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
  while (table.next(cells)) paths.push_back(unescape_path(cells[at]));
  return paths;
}

ListedRows find_listed(const std::vector<Sample>& samples, const std::vector<std::string>& paths) {
  std::unordered_map<std::string, std::size_t> row_of;
  for (std::size_t row = 0; row < samples.size(); ++row) row_of.emplace(samples[row].path, row);
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

std::vector<std::size_t> listed_rows(const std::vector<Sample>& samples, const std::filesystem::path& list) {
  if (list.empty()) return {};
  const std::vector<std::string> paths = read_path_list(list);
  ListedRows listed = find_listed(samples, paths);
  say(list.string() + ": " + format_count(listed.rows.size()) + " of " + format_count(samples.size()) +
      " photos are left out" + (paths.empty() ? ": the list is empty" : ""));
  if (listed.unknown > 0) {
    say(list.string() + ": warning: " + format_count(listed.unknown) + " of " + format_count(paths.size()) +
        " lines match no photo; the first is '" + listed.first_unknown + "'");
  }
  return std::move(listed.rows);
}

void leave_out_listed(FeatureStore& store, const std::filesystem::path& list) {
  store.leave_out(listed_rows(store.samples(), list));
}

std::string exclusions_digest_of(const std::vector<Sample>& samples) {
  Sha256 hash;
  bool any = false;
  for (const Sample& sample : samples) {
    if (sample.split != Split::kLeftOut) continue;
    hash.add(sample.sha256 + "\n");
    any = true;
  }
  return any ? hash.hex() : "";
}

}  // namespace catdog
