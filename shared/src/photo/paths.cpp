#include "catdog/photo/paths.h"

#include <cstdint>

#include "catdog/text.h"

namespace catdog {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEF";

// The byte that "\\xE9" at the front stands for; 0 where something else stands there. Only bytes from 0x80 are escaped.
std::uint8_t escaped_byte(std::string_view text) {
  if (text.size() < 4 || text[0] != '\\' || text[1] != 'x') return 0;
  const std::size_t high = kDigits.find(text[2]), low = kDigits.find(text[3]);
  if (high < 8 || high == std::string_view::npos || low == std::string_view::npos) return 0;
  return static_cast<std::uint8_t>(high << 4 | low);
}

bool needs_escapes(std::string_view path) {
  while (!path.empty()) {
    const std::size_t length = utf8_length(path);
    if (length == 0 || escaped_byte(path) != 0) return true;
    path.remove_prefix(length);
  }
  return false;
}

// Where escaped_byte() finds nothing in it, escape_path() has not escaped it.
bool has_escapes(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (escaped_byte(text.substr(i)) != 0) return true;
  }
  return false;
}

}  // namespace

bool is_hidden_or_system_file(std::string_view path) {
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    const bool dotfile = !part.empty() && part[0] == '.' && part != "." && part != "..";
    if (dotfile || part == "__MACOSX" || part == "Thumbs.db" || part == "desktop.ini") {
      return true;
    }
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return false;
}

std::string escape_path(std::string_view path) {
  if (!needs_escapes(path)) return std::string(path);
  std::string out;
  while (!path.empty()) {
    const std::size_t length = utf8_length(path);
    if (length == 0) {
      const auto byte = static_cast<std::uint8_t>(path[0]);
      out += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    } else {
      if (path[0] == '\\') out += '\\';
      out += path.substr(0, length);
    }
    path.remove_prefix(length > 0 ? length : 1);
  }
  return out;
}

std::string unescape_path(std::string_view text) {
  if (!has_escapes(text)) return std::string(text);
  std::string out;
  while (!text.empty()) {
    const std::uint8_t byte = escaped_byte(text);
    std::size_t used = 1;
    if (byte != 0) {
      out += static_cast<char>(byte);
      used = 4;
    } else {
      out += text[0];
      if (text.substr(0, 2) == "\\\\") used = 2;
    }
    text.remove_prefix(used);
  }
  return out;
}

}  // namespace catdog
