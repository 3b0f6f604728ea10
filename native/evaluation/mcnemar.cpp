#include "evaluation/mcnemar.h"

#include <algorithm>
#include <cmath>

namespace catdog {

McNemar mcnemar(std::size_t only_first, std::size_t only_second) {
  McNemar test;
  test.only_first = only_first;
  test.only_second = only_second;
  const std::size_t count = only_first + only_second;
  const double n = static_cast<double>(count);
  test.exact = count < kFewDiscordant;
  if (test.exact) {
    double ways = 1, tail = 0;  // of choosing k of n
    for (std::size_t k = 0; k <= std::min(only_first, only_second); ++k) {
      tail += ways;
      ways *= (n - static_cast<double>(k)) / (static_cast<double>(k) + 1);
    }
    test.p = std::min(1.0, 2 * std::ldexp(tail, -static_cast<int>(count)));
    return test;
  }
  const double difference = std::abs(static_cast<double>(only_first) - static_cast<double>(only_second));
  const double statistic = std::pow(std::max(0.0, difference - 1), 2) / n;
  test.p = std::erfc(std::sqrt(statistic / 2));  // chi-squared with one degree of freedom
  return test;
}

}  // namespace catdog
