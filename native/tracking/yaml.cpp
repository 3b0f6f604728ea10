// YAML, as far as MLflow's small files need it (text.h).
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <fstream>

#include "tracking/text.h"

namespace catdog::tracking {
namespace {

bool starts_at(const std::string& text, std::size_t at, const char* letter) {
  return text.compare(at, std::char_traits<char>::length(letter), letter) == 0;
}

// Text as YAML's double quotes take it: JSON's escapes are among YAML's. JSON leaves as they are, and YAML does not
// take: DEL, the control characters U+0080 to U+009F (U+0085 is a line break), the line breaks U+2028 and U+2029, the
// byte order mark, and U+FFFE and U+FFFF, which are no characters.
std::string scalar(const Json& value) {
  const std::string json = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string text;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const auto second = [&] { return static_cast<unsigned char>(json[at + 1]); };
    if (json[at] == '\x7F') {
      text += "\\u007f";
    } else if (json[at] == '\xC2' && second() < 0xA0) {
      text += second() < 0x90 ? "\\u008" : "\\u009";
      text += "0123456789abcdef"[second() & 15];
      at += 1;
    } else if (starts_at(json, at, "\u2028") || starts_at(json, at, "\u2029")) {
      text += json[at + 2] == '\xA8' ? "\\u2028" : "\\u2029";
      at += 2;
    } else if (starts_at(json, at, "\uFEFF") || starts_at(json, at, "\uFFFE") || starts_at(json, at, "\uFFFF")) {
      text += json[at + 1] == '\xBB' ? "\\ufeff" : json[at + 2] == '\xBE' ? "\\ufffe" : "\\uffff";
      at += 2;
    } else {
      text += json[at];
    }
  }
  return text;
}

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

// The escapes of YAML that JSON does not have, as JSON has them: MLflow writes "\x7F" and "\U0001F431".
std::string json_escape(const std::string& text, std::size_t& at) {
  const char letter = text[at];
  const std::size_t digits = letter == 'x' ? 2 : letter == 'U' ? 8 : 0;
  if (digits > 0) {
    unsigned long code = 0;
    const char* end = text.data() + std::min(at + 1 + digits, text.size());
    if (std::from_chars(text.data() + at + 1, end, code, 16).ptr != text.data() + at + 1 + digits) return "\\?";
    at += digits;
    std::array<char, 16> escape;
    if (code < 0x10000) {
      std::snprintf(escape.data(), escape.size(), "\\u%04lx", code);
    } else {
      std::snprintf(escape.data(), escape.size(), "\\u%04lx\\u%04lx", (0xD800 + ((code - 0x10000) >> 10)) & 0xFFFF,
                    0xDC00 + (code & 0x3FF));
    }
    return escape.data();
  }
  switch (letter) {
    case '0': return "\\u0000";
    case 'a': return "\\u0007";
    case 'v': return "\\u000b";
    case 'e': return "\\u001b";
    case ' ': return " ";
    case 'N': return "\\u0085";
    case '_': return "\\u00a0";
    case 'L': return "\\u2028";
    case 'P': return "\\u2029";
    default: return {'\\', letter};
  }
}

// The text between double quotes; as it stands where it is none.
std::string unescaped(const std::string& text) {
  std::string json;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      json += text[at];
    } else {
      ++at;
      json += json_escape(text, at);
    }
  }
  const Json value = Json::parse(json, nullptr, false);
  return value.is_string() ? value.get<std::string>() : text;
}

// Whether a line in double quotes goes on in the next without a space between.
bool escapes_line_break(const std::string& line) {
  const std::size_t last = line.find_last_not_of('\\');
  const std::size_t backslashes = line.size() - (last == std::string::npos ? 0 : last + 1);
  return line[0] == '"' && backslashes % 2 == 1;
}

std::string unquoted(const std::string& text) {
  if (text == "null" || text == "~") return "";
  if (text.size() < 2 || text.front() != text.back()) return text;
  if (text.front() == '"') return unescaped(text);
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
  std::string line, value, breaks;
  bool found = false;
  while (std::getline(stream, line)) {
    if (found) {
      if (line.empty()) {  // a line break in the text
        breaks += '\n';
        continue;
      }
      if (line.compare(0, 2, "  ") != 0) break;  // long text goes on in indented lines
      const bool joined = escapes_line_break(value);
      if (joined) value.pop_back();
      value += !breaks.empty() ? breaks : joined ? "" : " ";
      value += line.substr(std::min(line.find_first_not_of(' '), line.size()));
      breaks.clear();
    } else if (line.compare(0, key.size() + 1, key + ':') == 0) {
      found = true;
      const std::size_t start = line.find_first_not_of(' ', key.size() + 1);
      value = start == std::string::npos ? "" : line.substr(start);
    }
  }
  return unquoted(value);
}

}  // namespace catdog::tracking
