// Random numbers that depend on a seed and on what they are for, never on the order of threads.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace catdog {

// SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators").
class Random {
 public:
  // The same arguments give the same numbers.
  Random(std::uint64_t seed, std::uint64_t stream, std::uint64_t item) : state_(seed) {
    state_ = next() ^ stream;
    state_ = next() ^ item;
  }
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
  }
  double uniform(double low, double high) { return low + (high - low) * (static_cast<double>(next() >> 11) * 0x1p-53); }
  bool chance(double probability) { return uniform(0, 1) < probability; }
  std::uint64_t below(std::uint64_t count) { return next() % count; }

 private:
  std::uint64_t state_;
};

template <class T>
void shuffle(std::vector<T>& items, Random& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(i)]);
}

}  // namespace catdog
