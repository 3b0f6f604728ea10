#include "catdog/model/csv.h"

#include <algorithm>
#include <cstdint>

namespace catdog {
namespace {

// The length of the well-formed UTF-8 sequence (RFC 3629) at the front of `text`, 0 where there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
  };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
  if ((lead & 0xF0) == 0xE0) {
    const bool overlong = lead == 0xE0 && byte(1) < 0xA0, surrogate = lead == 0xED && byte(1) >= 0xA0;
    return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && byte(1) < 0x90, beyond = lead == 0xF4 && byte(1) >= 0x90;
    return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

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
  for (const std::string& label : labels) line += ',' + csv_text("prob_" + label);
  return line + ",decision,width,height,error\r\n";
}

std::string csv_row(const Row& row, const std::vector<std::string>& labels) {
  std::string line = csv_text(row.path);
  const Prediction* prediction = row.error.empty() ? row.prediction : nullptr;
  if (prediction) {
    const std::string& label = labels[prediction->class_id];
    line += ',' + csv_text(label) + ',' + std::to_string(prediction->class_id) + ',' +
            four_decimals(prediction->confidence);
    for (const float probability : prediction->probabilities) line += ',' + four_decimals(probability);
    line += ',' + csv_text(decision_name(*prediction, labels));
  } else {
    line.append(labels.size() + 4, ',');
  }
  line += ',';
  if (row.width > 0) line += std::to_string(row.width);
  line += ',';
  if (row.height > 0) line += std::to_string(row.height);
  return line + ',' + csv_text(row.error) + "\r\n";
}

}  // namespace catdog
