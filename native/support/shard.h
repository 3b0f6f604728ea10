// Parts of a list of work, for several processes or machines that share nothing but the list.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace catdog {

// Part `number` of `count`: items [begin(n), end(n)) of n. The parts follow each other and differ in size by at most
// one.
struct Shard {
  std::size_t number = 1;  // from 1 to count
  std::size_t count = 1;
  std::size_t begin(std::size_t items) const { return items * (number - 1) / count; }
  std::size_t end(std::size_t items) const { return items * number / count; }
};

// "2/5"; nothing where the text is something else. Counts go up to 1,000,000.
std::optional<Shard> parse_shard(const std::string& text);

// Why it is no shard, for the check of an option; empty where it is one.
std::string not_a_shard(const std::string& text);

}  // namespace catdog
