#include "support/shard.h"

#include <regex>

namespace catdog {

std::optional<Shard> parse_shard(const std::string& text) {
  static const std::regex kShard("([0-9]{1,7})/([0-9]{1,7})");
  std::smatch match;
  if (!std::regex_match(text, match, kShard)) return std::nullopt;
  const Shard shard{std::stoul(match[1]), std::stoul(match[2])};
  if (shard.number < 1 || shard.number > shard.count || shard.count > 1000000) return std::nullopt;
  return shard;
}

std::string not_a_shard(const std::string& text) {
  return parse_shard(text) ? "" : "expected I/N with I from 1 to N, such as 2/5, found '" + text + "'";
}

}  // namespace catdog
