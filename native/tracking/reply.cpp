#include "tracking/reply.h"

#include <array>
#include <charconv>

namespace catdog::tracking {
namespace {

// Whether the text keeps to the limits, should it be JSON. Looked at before parsing: a parser would hold it all.
bool within_limits(const std::string& body) {
  if (body.size() > kMaxReplyBytes) return false;
  std::array<std::size_t, kMaxReplyDepth> members{};
  std::array<bool, kMaxReplyDepth> object{};
  std::size_t depth = 0, values = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      if (depth == kMaxReplyDepth || ++values > kMaxReplyValues) return false;
      members[depth] = 1;
      object[depth++] = c == '{';
    } else if (c == '}' || c == ']') {
      if (depth > 0) --depth;
    } else if (c == ',' && depth > 0) {
      if (++values > kMaxReplyValues) return false;
      if (object[depth - 1] && ++members[depth - 1] > kMaxReplyMembers) return false;
    }
  }
  return true;
}

[[noreturn]] void refuse(const char* name, const char* expected, const char* found) {
  throw Rejected(
      std::string("expected an MLflow server's answer with \"") + name + "\" as " + expected + ", found " + found, 0,
      "");
}

// Null where it is missing.
const Json& member_of(const Json& owner, const char* name, const char* expected) {
  static const Json null;
  if (!owner.is_object()) refuse(name, expected, "it in no object");
  const auto member = owner.find(name);
  return member == owner.end() ? null : *member;
}

}  // namespace

Json parse_reply(const std::string& body) {
  if (!within_limits(body)) return Json(Json::value_t::discarded);
  return Json::parse(body, nullptr, false);
}

const Json& object_member(const Json& owner, const char* name) {
  const Json& member = member_of(owner, name, "an object");
  if (!member.is_object()) refuse(name, "an object", member.type_name());
  return member;
}

std::string text_member(const Json& owner, const char* name) {
  const Json& member = member_of(owner, name, "text");
  if (member.is_number_integer()) return member.dump();
  if (!member.is_string()) refuse(name, "text", member.type_name());
  const std::string& text = member.get_ref<const std::string&>();
  if (text.size() > kMaxReplyText) refuse(name, "text of at most 4096 bytes", "a longer one");
  return text;
}

std::string optional_text_member(const Json& owner, const char* name) {
  return member_of(owner, name, "text").is_null() ? "" : text_member(owner, name);
}

std::int64_t integer_member(const Json& owner, const char* name) {
  const Json& member = member_of(owner, name, "a whole number");
  if (member.is_null()) return 0;
  const std::string digits = text_member(owner, name);  // protobuf's JSON has numbers of 64 bits as text
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failed != std::errc() || end != digits.data() + digits.size()) refuse(name, "a whole number", "other text");
  return value;
}

const Json& object_list_member(const Json& owner, const char* name) {
  static const Json empty = Json::array();
  const Json& member = member_of(owner, name, "a list");
  if (member.is_null()) return empty;
  if (!member.is_array()) refuse(name, "a list", member.type_name());
  for (const Json& item : member) {
    if (!item.is_object()) refuse(name, "a list of objects", item.type_name());
  }
  return member;
}

}  // namespace catdog::tracking
