#include "support/csv_reader.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace catdog {
namespace {

void undo_disarming(std::string& cell) {
  if (cell.size() > 1 && cell[0] == '\'' && std::string_view("=+-@\t\r").find(cell[1]) != std::string_view::npos) {
    cell.erase(0, 1);
  }
}

// To be asked right after opening.
std::string why_not_open() { return errno == ENOENT ? "no such file" : std::strerror(errno); }

}  // namespace

CsvReader::CsvReader(const std::filesystem::path& file, const std::vector<std::string>& columns)
    : file_(file), stream_(file, std::ios::binary), columns_(columns) {
  const std::string why_closed = why_not_open();
  std::vector<std::string> found;
  if (!stream_ || !read_record(found) || found != columns) {
    std::string expected;
    for (const std::string& column : columns) expected += (expected.empty() ? "" : ",") + column;
    throw std::runtime_error(file.string() + ": expected a CSV file with the columns " + expected + ", found " +
                             (stream_.is_open() ? "others" : why_closed));
  }
}

CsvReader::CsvReader(const std::filesystem::path& file) : file_(file), stream_(file, std::ios::binary) {
  const std::string why_closed = why_not_open();
  if (!stream_ || stream_.peek() == EOF) {
    throw std::runtime_error(file.string() + ": expected a CSV file, found " +
                             (stream_.is_open() ? "nothing in it" : why_closed));
  }
  constexpr const char* kByteOrderMark = "\xEF\xBB\xBF";  // spreadsheets put it first
  read_record(columns_);
  if (columns_[0].rfind(kByteOrderMark, 0) == 0) columns_[0].erase(0, 3);
}

bool CsvReader::next(std::vector<std::string>& cells) {
  if (!read_record(cells)) return false;
  ++record_;
  if (cells.size() != columns_.size()) {
    throw std::runtime_error(file_.string() + ": expected " + std::to_string(columns_.size()) + " cells in record " +
                             std::to_string(record_) + ", found " + std::to_string(cells.size()));
  }
  for (std::string& cell : cells) undo_disarming(cell);
  return true;
}

bool CsvReader::read_record(std::vector<std::string>& cells) {
  cells.assign(1, {});
  std::streambuf* buffer = stream_.rdbuf();
  bool quoted = false, any = false;
  for (int c = buffer->sbumpc(); c != EOF; c = buffer->sbumpc()) {
    any = true;
    if (quoted) {
      if (c != '"') {
        cells.back() += static_cast<char>(c);
      } else if (buffer->sgetc() == '"') {
        cells.back() += static_cast<char>(buffer->sbumpc());
      } else {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      cells.emplace_back();
    } else if (c == '\n') {
      return true;
    } else if (c != '\r') {
      cells.back() += static_cast<char>(c);
    }
  }
  return any;
}

}  // namespace catdog
