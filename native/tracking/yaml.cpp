// YAML, as far as MLflow's small files need it (text.h).
#include <fstream>

#include "tracking/text.h"

namespace catdog::tracking {
namespace {

// Text as YAML's double quotes take it: JSON's escapes are among YAML's.
std::string scalar(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

void write(const Json& value, const std::string& indent, std::string& out);

void write_member(const Json& value, const std::string& indent, std::string& out) {
  if (value.is_structured() && !value.empty()) {
    out += '\n';
    write(value, indent, out);
  } else {
    out += ' ' + scalar(value) + '\n';
  }
}

void write(const Json& value, const std::string& indent, std::string& out) {
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      out += indent + key + ':';
      write_member(member, member.is_array() ? indent : indent + "  ", out);
    }
  } else {
    for (const Json& item : value) {
      if (!item.is_structured()) {
        out += indent + "- " + scalar(item) + '\n';
        continue;
      }
      std::string inner;
      write(item, indent + "  ", inner);
      inner[indent.size()] = '-';  // takes the place of the first line's indent
      out += inner;
    }
  }
}

std::string unquoted(const std::string& text) {
  if (text == "null" || text == "~") return "";
  if (text.size() < 2 || text.front() != text.back()) return text;
  if (text.front() == '"') {
    const Json value = Json::parse(text, nullptr, false);
    return value.is_string() ? value.get<std::string>() : text;
  }
  if (text.front() != '\'') return text;
  std::string plain;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    plain += text[i];
    if (text[i] == '\'') ++i;  // '' stands for '
  }
  return plain;
}

}  // namespace

std::string to_yaml(const Json& value) {
  std::string out;
  write(value, "", out);
  return out;
}

std::string yaml_value(const std::filesystem::path& file, const std::string& key) {
  std::ifstream stream(file);
  std::string line, value;
  bool found = false;
  while (std::getline(stream, line)) {
    if (found) {
      if (line.compare(0, 2, "  ") != 0) break;  // long plain text goes on in indented lines
      value += ' ' + line.substr(line.find_first_not_of(' '));
    } else if (line.compare(0, key.size() + 1, key + ':') == 0) {
      found = true;
      const std::size_t start = line.find_first_not_of(' ', key.size() + 1);
      value = start == std::string::npos ? "" : line.substr(start);
    }
  }
  return unquoted(value);
}

}  // namespace catdog::tracking
