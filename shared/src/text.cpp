#include "catdog/text.h"

#include <algorithm>
#include <cstdint>

namespace catdog {
namespace {

// Of the well-formed sequence of `length` bytes at the front of `text`.
std::uint32_t code_point(std::string_view text, std::size_t length) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  if (length == 1) return byte(0);
  std::uint32_t point = byte(0) & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) point = point << 6 | (byte(i) & 0x3Fu);
  return point;
}

bool is_control(std::uint32_t point) { return point < 0x20 || (point >= 0x7F && point < 0xA0); }

bool acts_on_a_terminal(std::uint32_t point) {
  return is_control(point) || point == 0x061C || point == 0x200E || point == 0x200F ||
         (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

// Appends what stands at the front of `text`, of `length` bytes; 0: a byte that is not UTF-8.
void append_visible(std::string_view text, std::size_t length, std::string& out) {
  if (length == 0) {
    constexpr const char* kUpper = "0123456789ABCDEF";
    const auto byte = static_cast<std::uint8_t>(text[0]);
    out += {'\\', 'x', kUpper[byte >> 4], kUpper[byte & 15]};
  } else if (const std::uint32_t point = code_point(text, length); acts_on_a_terminal(point)) {
    constexpr const char* kLower = "0123456789abcdef";
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += kLower[point >> shift & 15];
  } else {
    out += text.substr(0, length);
  }
}

std::string made_visible(std::string_view text, bool keep_lines) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    std::size_t length = utf8_length(text);
    const std::size_t line_end = text.substr(0, 2) == "\r\n" ? 2 : text[0] == '\n' ? 1 : 0;
    if (keep_lines && line_end > 0) {
      length = line_end;
      out += text.substr(0, length);
    } else {
      append_visible(text, length, out);
    }
    text.remove_prefix(length > 0 ? length : 1);
  }
  return out;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
  };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  if (text.empty()) return 0;
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
    out += length == 0 ? "\xEF\xBF\xBD" : text.substr(0, length);
    text.remove_prefix(length > 0 ? length : 1);
  }
  return out;
}

bool is_plain(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0 || is_control(code_point(text, length))) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string visible(std::string_view text) { return made_visible(text, false); }
std::string visible_lines(std::string_view text) { return made_visible(text, true); }

std::string shown(std::string_view text) {
  constexpr int kMost = 80;  // characters
  std::size_t end = 0, before_last = 0;
  for (int characters = 0; end < text.size(); ++characters) {
    if (characters == kMost) return visible(text.substr(0, before_last)) + "…";
    before_last = end;
    end += std::max<std::size_t>(utf8_length(text.substr(end)), 1);
  }
  return visible(text);
}

}  // namespace catdog
