#include "features/near_duplicates.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <string>
#include <unordered_map>

#include "catdog/photo/resize.h"

namespace catdog {
namespace {

constexpr int kMostHashBits = 10;       // of 64 may differ
constexpr int kMostMeanDifference = 5;  // of 255, between the tiny pictures
constexpr std::size_t kCrowd = 64;      // in a larger crowd of like hashes only the next so many are compared

// Disjoint sets; the root of each is its smallest member.
class Groups {
 public:
  explicit Groups(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }
  std::size_t root(std::size_t item) {
    while (parent_[item] != item) item = parent_[item] = parent_[parent_[item]];
    return item;
  }
  void join(std::size_t left, std::size_t right) {
    left = root(left), right = root(right);
    parent_[std::max(left, right)] = std::min(left, right);
  }

 private:
  std::vector<std::size_t> parent_;
};

void join_equal_content(const std::vector<std::string>& content, Groups& groups) {
  std::unordered_map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < content.size(); ++i) groups.join(first.try_emplace(content[i], i).first->second, i);
}

}  // namespace

Result<Fingerprint> fingerprint(const Image& picture) {
  auto cells = resize_area(picture, 9, 8);
  auto tiny = resize_area(picture, 8, 8);
  if (!cells) return cells.error();
  if (!tiny) return tiny.error();
  Fingerprint print;
  const auto grey = [&](int x, int y) {  // ITU-R BT.601
    const std::uint8_t* p = cells->row(y) + 3 * x;
    return 299 * p[0] + 587 * p[1] + 114 * p[2];
  };
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 8; ++x) print.hash = print.hash << 1 | (grey(x, y) < grey(x + 1, y) ? 1u : 0u);
  }
  std::copy_n(tiny->pixels.get(), print.tiny.size(), print.tiny.begin());
  return print;
}

bool is_near_duplicate(const Fingerprint& left, const Fingerprint& right) {
  if (__builtin_popcountll(left.hash ^ right.hash) > kMostHashBits) return false;
  int difference = 0;
  for (std::size_t i = 0; i < left.tiny.size(); ++i) difference += std::abs(left.tiny[i] - right.tiny[i]);
  return difference <= kMostMeanDifference * static_cast<int>(left.tiny.size());
}

std::vector<std::size_t> group_near_duplicates(const std::vector<Fingerprint>& prints,
                                               const std::vector<std::string>& content) {
  Groups groups(prints.size());
  join_equal_content(content, groups);
  std::vector<std::size_t> order(prints.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (int quarter = 0; quarter < 4; ++quarter) {
    // The quarter turned to the top: sorting brings equal quarters together, and alike hashes among them.
    const auto key = [&](std::size_t i) {
      const std::uint64_t hash = prints[i].hash;
      return quarter == 0 ? hash : hash << (16 * quarter) | hash >> (64 - 16 * quarter);
    };
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return key(a) != key(b) ? key(a) < key(b) : content[a] != content[b] ? content[a] < content[b] : a < b;
    });
    for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
      for (end = begin + 1; end < order.size() && key(order[end]) >> 48 == key(order[begin]) >> 48;) ++end;
      const std::size_t reach = end - begin > 16 * kCrowd ? kCrowd : end - begin;
      for (std::size_t i = begin; i < end; ++i) {
        for (std::size_t j = i + 1; j < std::min(end, i + 1 + reach); ++j) {
          if (is_near_duplicate(prints[order[i]], prints[order[j]])) groups.join(order[i], order[j]);
        }
      }
    }
  }
  std::vector<std::size_t> roots(prints.size());
  for (std::size_t i = 0; i < roots.size(); ++i) roots[i] = groups.root(i);
  return roots;
}

}  // namespace catdog
