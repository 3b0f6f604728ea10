// What an MLflow server answered, read with distrust: any bytes may come.
#pragma once

#include <stdexcept>

#include "tracking/text.h"

namespace catdog::tracking {

// A reply may not make the client grow or hang: bytes, depth of nesting, values in all, members of one object (looked
// up one by one). MLflow's largest page of a metric's history has 2 MB and 100,000 values.
inline constexpr std::size_t kMaxReplyBytes = 16u << 20;
inline constexpr std::size_t kMaxReplyDepth = 32, kMaxReplyValues = 1'000'000, kMaxReplyMembers = 1000;
// Of an id, a path or a page's token.
inline constexpr std::size_t kMaxReplyText = 4096;

// The server understood and said no, or is not MLflow, or is not to be trusted. Trying again would not help.
struct Rejected : std::runtime_error {
  Rejected(const std::string& what, long status_, std::string code_)
      : std::runtime_error(what), status(status_), code(std::move(code_)) {}
  long status;       // HTTP's; 0 where no reply was had
  std::string code;  // MLflow's: "RESOURCE_DOES_NOT_EXIST"
  // Whether only this one record is at fault, and others may pass.
  bool only_this() const { return status == 400 || status == 413 || status == 422; }
};

// The reply's JSON; discarded (Json::is_discarded) where it is none or beyond the limits above.
Json parse_reply(const std::string& body);

// Members of objects in a reply. Each throws Rejected where `owner` is no object, or the member is of another type.
const Json& object_member(const Json& owner, const char* name);         // must be there
std::string text_member(const Json& owner, const char* name);           // must be there; a whole number counts too
std::string optional_text_member(const Json& owner, const char* name);  // empty where it is missing or null
std::int64_t integer_member(const Json& owner, const char* name);       // 0 where it is missing; may come as text
const Json& object_list_member(const Json& owner, const char* name);    // empty where it is missing or null

}  // namespace catdog::tracking
