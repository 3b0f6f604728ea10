// Reads CSV files that the project's own tools wrote (RFC 4180).
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace catdog {

class CsvReader {
 public:
  // Throws std::runtime_error where the file cannot be read or its first line names other columns.
  CsvReader(const std::filesystem::path& file, const std::vector<std::string>& columns);

  // Of any columns, which the first line names. Throws where the file cannot be read.
  explicit CsvReader(const std::filesystem::path& file);
  const std::vector<std::string>& columns() const { return columns_; }

  // The next record's cells; false at the end. Throws where the number of cells is not that of the columns.
  // The apostrophe that csv_text puts before a formula is taken off again.
  bool next(std::vector<std::string>& cells);

 private:
  bool read_record(std::vector<std::string>& cells);

  std::filesystem::path file_;
  std::ifstream stream_;
  std::vector<std::string> columns_;
  std::size_t record_ = 0;
};

}  // namespace catdog
