// Is one network better than another, or was it luck?
#pragma once

#include <cstddef>

namespace catdog {

struct McNemar {
  std::size_t only_first = 0;   // photos that only the first got right
  std::size_t only_second = 0;  // photos that only the second got right
  bool exact = false;           // by the binomial distribution; otherwise chi-squared
  double p = 1;                 // the chance of a difference at least as large between two that are equally good
};

inline constexpr std::size_t kFewDiscordant = 25;  // below, the chi-squared approximation is poor

// Two-sided McNemar test on the photos that the two disagree about (McNemar 1947, "Note on the sampling error of the
// difference between correlated proportions or percentages"): exact where those are few, else with the continuity
// correction of Edwards 1948.
McNemar mcnemar(std::size_t only_first, std::size_t only_second);

}  // namespace catdog
