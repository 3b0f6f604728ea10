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
};

// path,label,class_id,confidence,prob_<class>…,decision,width,height,error CRLF
std::string csv_header(const std::vector<std::string>& labels);

// One line with its CRLF. Probabilities have 4 decimals. Labels and errors are made visible().
std::string csv_row(const Row& row, const std::vector<std::string>& labels);

// One cell. Bytes that are not UTF-8 become U+FFFD. Quoted where it must be; a text that a spreadsheet would run as a
// formula (= + - @ tab CR first) is disarmed with a leading apostrophe.
std::string csv_text(std::string_view text);

}  // namespace catdog
