#include "catdog/model/csv.h"

#include <algorithm>

#include "catdog/photo/paths.h"
#include "catdog/text.h"

namespace catdog {
namespace {

// 0.0000 to 1.0000, by integer arithmetic: no locale, no library's rounding.
std::string four_decimals(float probability, char point) {
  // Written so that what is no number becomes 0 (turning it into an integer would be undefined).
  const double sound = probability > 0 ? std::min(static_cast<double>(probability), 1.0) : 0.0;
  const double scaled = sound * 10000 + 0.5;
  const int parts = static_cast<int>(scaled);
  std::string digits = std::to_string(10000 + parts % 10000);
  digits[0] = point;
  return std::to_string(parts / 10000) + digits;
}

// A line in the making: cells, with separators between them.
class Line {
 public:
  explicit Line(const CsvFormat& format)
      : separator_(static_cast<char>(format.separator)), point_(separator_ == ';' ? ',' : '.') {}

  void text(std::string_view cell) { raw(csv_text(cell, separator_)); }
  void probability(float value) { raw(four_decimals(value, point_)); }
  void number(int value) { raw(std::to_string(value)); }
  void positive(int value) { raw(value > 0 ? std::to_string(value) : std::string()); }
  void empty(std::size_t count) {
    for (; count > 0; --count) raw({});
  }
  std::string finish() { return std::move(line_) + "\r\n"; }

 private:
  void raw(const std::string& cell) {
    if (!first_) line_ += separator_;
    first_ = false;
    line_ += cell;
  }

  const char separator_, point_;
  bool first_ = true;
  std::string line_;
};

}  // namespace

std::string csv_text(std::string_view text, char separator) {
  std::string cell = well_formed(text);
  if (!cell.empty() && std::string_view("=+-@\t\r").find(cell[0]) != std::string_view::npos) cell.insert(0, 1, '\'');
  if (cell.find_first_of(std::string("\"\r\n") + separator) == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_header(const std::vector<std::string>& labels, const CsvFormat& format) {
  Line line(format);
  for (const char* name : {"path", "label", "class_id", "confidence"}) line.text(name);
  for (const std::string& label : labels) line.text("prob_" + visible(label));
  for (const char* name : {"decision", "width", "height", "error"}) line.text(name);
  for (const std::string& name : format.extra_columns) line.text(name);
  return (format.byte_order_mark ? "\xEF\xBB\xBF" : "") + line.finish();
}

std::string csv_row(const Row& row, const std::vector<std::string>& labels, const CsvFormat& format) {
  Line line(format);
  line.text(escape_path(row.path));
  const Prediction* prediction = row.error.empty() ? row.prediction : nullptr;
  if (prediction) {
    line.text(visible(labels[prediction->class_id]));
    line.number(prediction->class_id);
    line.probability(prediction->confidence);
    for (const float probability : prediction->probabilities) line.probability(probability);
    line.text(visible(decision_name(*prediction, labels)));
  } else {
    line.empty(labels.size() + 4);
  }
  line.positive(row.width);
  line.positive(row.height);
  line.text(visible(row.error));
  for (std::size_t i = 0; i < format.extra_columns.size(); ++i) line.text(i < row.extra.size() ? row.extra[i] : "");
  return line.finish();
}

}  // namespace catdog
