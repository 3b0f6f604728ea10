// Predictions as CSV (RFC 4180): the one writer that the native tool and the page share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catdog/model/prediction.h"

namespace catdog {

// One offered file. With an error, or without a prediction, the cells between path and error stay empty.
struct Row {
  std::string path;  // '/' between folders; any bytes: the cell holds escape_path(path)
  const Prediction* prediction = nullptr;
  int width = 0;  // of the photo: upright, at full size; 0: unknown
  int height = 0;
  std::string error;
  std::vector<std::string> extra = {};  // one for each of the format's extra columns; missing ones are empty cells
};

// RFC 4180 by default; the other forms are for spreadsheets.
struct CsvFormat {
  // With semicolons, probabilities have decimal commas: spreadsheets that want the one want the other.
  enum class Separator : char { kComma = ',', kSemicolon = ';', kTab = '\t' };
  Separator separator = Separator::kComma;
  bool byte_order_mark = false;  // before the header; some spreadsheets take UTF-8 for something else without
  std::vector<std::string> extra_columns = {};  // names, after `error`
};

// path,label,class_id,confidence,prob_<class>…,decision,width,height,error CRLF
std::string csv_header(const std::vector<std::string>& labels, const CsvFormat& format = {});

// One line with its CRLF. Probabilities have 4 decimals. A prediction is one for these labels. Labels and errors are
// made visible().
std::string csv_row(const Row& row, const std::vector<std::string>& labels, const CsvFormat& format = {});

// One cell. Bytes that are not UTF-8 become U+FFFD. Quoted where it must be; a text that a spreadsheet would run as a
// formula (= + - @ tab CR first) is disarmed with a leading apostrophe.
std::string csv_text(std::string_view text, char separator = ',');

}  // namespace catdog
