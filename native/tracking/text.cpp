#include "tracking/text.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <limits>
#include <random>

#include "support/hash.h"

namespace catdog::tracking {
namespace {

constexpr char kHexDigits[] = "0123456789ABCDEF";

bool plain(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// The bytes of the UTF-8 letter that starts here; 0 where none does.
std::size_t letter_length(const std::string& text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length == 0 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  }
  if (length == 3 && ((lead == 0xE0 && byte(at + 1) < 0xA0) || (lead == 0xED && byte(at + 1) >= 0xA0))) return 0;
  if (length == 4 && ((lead == 0xF0 && byte(at + 1) < 0x90) || (lead == 0xF4 && byte(at + 1) >= 0x90))) return 0;
  return length;
}

// MLflow takes what Python's regular expressions call a word: of letters outside ASCII those of the Latin, Greek and
// Cyrillic alphabets, Chinese, Japanese and Korean are kept here. Marks that combine with letters are no part of words.
bool word(const std::string& text, std::size_t at, std::size_t length) {
  const unsigned char lead = static_cast<unsigned char>(text[at]);
  const unsigned char next = length > 1 ? static_cast<unsigned char>(text[at + 1]) : 0;
  if (length == 1) return (plain(lead) && lead != '~') || lead == ' ' || lead == ':' || lead == '/';
  if (length == 2) {
    const std::string letter = text.substr(at, length);
    return ((lead >= 0xC3 && lead <= 0xC9) || (lead >= 0xCE && lead <= 0xD1)) && letter != "\u00D7" &&
           letter != "\u00F7";
  }
  return length == 3 && ((lead == 0xE3 && next >= 0x81) || (lead >= 0xE4 && lead <= 0xE9) ||
                         (lead == 0xEA && next >= 0xB0) || lead == 0xEB || lead == 0xEC);
}

}  // namespace

std::string shortest(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return {digits.data(), end.ptr};
}

Json json_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

double number_of(const Json& json) {
  if (json.is_number()) return json.get<double>();
  const std::string text = json.get<std::string>();
  const double infinity = std::numeric_limits<double>::infinity();
  return text == "Infinity" ? infinity : text == "-Infinity" ? -infinity : std::numeric_limits<double>::quiet_NaN();
}

std::string accepted_name(const std::string& name) {
  std::string accepted;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t length = letter_length(name, at);
    const std::string letter = length > 0 && word(name, at, length) ? name.substr(at, length) : "_";
    if (accepted.size() + letter.size() > kMaxKey) break;
    // A name is a path too: no part may be empty, "." or "..".
    if (letter == "/" && (accepted.empty() || accepted.back() == '/' || accepted.back() == '.')) {
      accepted += '_';
    } else {
      accepted += letter;
    }
    at += std::max<std::size_t>(length, 1);
  }
  if (accepted.empty() || accepted.back() == '/' || accepted.back() == '.') accepted += '_';
  return accepted;
}

std::string cut(const std::string& text, std::size_t bytes) {
  std::string whole;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = letter_length(text, at);
    const std::string letter = length > 0 ? text.substr(at, length) : "\uFFFD";
    if (whole.size() + letter.size() > bytes) break;
    whole += letter;
    at += std::max<std::size_t>(length, 1);
  }
  return whole;
}

std::string percent_decoded(const std::string& text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(&text[i + 1], &text[i + 1] + 2, value, 16).ptr == &text[i + 1] + 2) {
      decoded += static_cast<char>(value);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

std::string percent_encoded(const std::string& text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (plain(byte)) {
      encoded += c;
    } else {
      encoded += {'%', kHexDigits[byte >> 4], kHexDigits[byte & 15]};
    }
  }
  return encoded;
}

std::string percent_encoded_path(const std::string& path) {
  std::string encoded, part;
  for (const char c : path + '/') {
    if (c != '/') {
      part += c;
      continue;
    }
    encoded += percent_encoded(part) + '/';
    part.clear();
  }
  encoded.pop_back();
  return encoded;
}

std::string base64(const std::string& bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const auto byte = [&](std::size_t i) -> unsigned {
      return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
    };
    const unsigned group = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    for (std::size_t i = 0; i < 4; ++i) text += at + i > bytes.size() ? '=' : kDigits[group >> (18 - 6 * i) & 63];
  }
  return text;
}

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string utc_time(std::int64_t ms) {
  const std::time_t seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text;
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  std::array<char, 16> fraction;
  std::snprintf(fraction.data(), fraction.size(), ".%03d000", static_cast<int>(ms % 1000));
  return std::string(text.data(), length) + fraction.data();
}

std::string random_id() {
  std::random_device random;
  std::string id;
  for (int i = 0; i < 4; ++i) {
    std::array<char, 16> part;
    std::snprintf(part.data(), part.size(), "%08x", random());
    id += part.data();
  }
  return id;
}

std::string id_of(const std::string& text) { return Sha256().add(text).hex().substr(0, 32); }

}  // namespace catdog::tracking
