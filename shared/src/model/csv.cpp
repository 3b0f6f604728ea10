#include "catdog/model/csv.h"

#include <algorithm>

#include "catdog/photo/paths.h"
#include "catdog/text.h"

namespace catdog {
namespace {

std::string well_formed(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

// 0.0000 to 1.0000, by integer arithmetic: no locale, no library's rounding.
std::string four_decimals(float probability) {
  // Written so that what is no number becomes 0 (turning it into an integer would be undefined).
  const double sound = probability > 0 ? std::min(static_cast<double>(probability), 1.0) : 0.0;
  const double scaled = sound * 10000 + 0.5;
  const int parts = static_cast<int>(scaled);
  std::string digits = std::to_string(10000 + parts % 10000);
  digits[0] = '.';
  return std::to_string(parts / 10000) + digits;
}

}  // namespace

std::string csv_text(std::string_view text) {
  std::string cell = well_formed(text);
  if (!cell.empty() && std::string_view("=+-@\t\r").find(cell[0]) != std::string_view::npos) cell.insert(0, 1, '\'');
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_header(const std::vector<std::string>& labels) {
  std::string line = "path,label,class_id,confidence";
  for (const std::string& label : labels) line += ',' + csv_text("prob_" + visible(label));
  return line + ",decision,width,height,error\r\n";
}

std::string csv_row(const Row& row, const std::vector<std::string>& labels) {
  std::string line = csv_text(escape_path(row.path));
  const Prediction* prediction = row.error.empty() ? row.prediction : nullptr;
  if (prediction) {
    const std::string& label = labels[prediction->class_id];
    line += ',' + csv_text(visible(label)) + ',' + std::to_string(prediction->class_id) + ',' +
            four_decimals(prediction->confidence);
    for (const float probability : prediction->probabilities) line += ',' + four_decimals(probability);
    line += ',' + csv_text(visible(decision_name(*prediction, labels)));
  } else {
    line.append(labels.size() + 4, ',');
  }
  line += ',';
  if (row.width > 0) line += std::to_string(row.width);
  line += ',';
  if (row.height > 0) line += std::to_string(row.height);
  return line + ',' + csv_text(visible(row.error)) + "\r\n";
}

}  // namespace catdog
