#include "features/split.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "support/hash.h"

namespace catdog {
namespace {

struct Group {
  std::string key;  // decides the order in which groups are held out
  std::vector<std::size_t> rows;
};

// Makes one group of each category, and of what near-duplicates tie to it.
void join_categories(const std::vector<std::string>& categories, std::vector<std::size_t>& groups) {
  std::vector<std::size_t> parent = groups;
  const auto first_of = [&](std::size_t row) {
    while (parent[row] != row) row = parent[row] = parent[parent[row]];
    return row;
  };
  std::map<std::string, std::size_t> first_in;
  for (std::size_t row = 0; row < groups.size(); ++row) {
    if (categories[row].empty()) continue;
    const std::size_t left = first_of(first_in.emplace(categories[row], row).first->second), right = first_of(row);
    parent[std::max(left, right)] = std::min(left, right);
  }
  for (std::size_t row = 0; row < groups.size(); ++row) groups[row] = first_of(row);
}

}  // namespace

void split_samples(std::vector<Sample>& samples, int classes, double validation_share, std::uint64_t seed) {
  std::map<std::size_t, std::vector<std::size_t>> rows_of_group;
  for (std::size_t row = 0; row < samples.size(); ++row) rows_of_group[samples[row].group].push_back(row);

  // Negatives are one more class.
  std::vector<std::vector<Group>> by_class(static_cast<std::size_t>(classes) + 1);
  std::vector<std::size_t> photos(by_class.size(), 0);
  for (auto& [first, rows] : rows_of_group) {
    std::string content = samples[rows[0]].sha256;
    for (const std::size_t row : rows) content = std::min(content, samples[row].sha256);
    const std::string key = Sha256().add(std::to_string(seed) + " " + content).hex();
    const int label = samples[first].label == kNegative ? classes : samples[first].label;
    photos[label] += rows.size();
    by_class[label].push_back({key, std::move(rows)});
  }
  for (int label = 0; label <= classes; ++label) {
    std::vector<Group>& groups = by_class[label];
    std::sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) { return a.key < b.key; });
    const auto wanted = static_cast<std::size_t>(std::lround(validation_share * static_cast<double>(photos[label])));
    std::size_t held_out = 0;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const bool last_chance_to_train =
          validation_share < 1 && i + 1 == groups.size() && held_out == photos[label] - groups[i].rows.size();
      const bool needs_one = held_out == 0 && validation_share > 0 && groups.size() > 1;
      const bool hold = (held_out < wanted || needs_one) && !last_chance_to_train;
      if (hold) held_out += groups[i].rows.size();
      for (const std::size_t row : groups[i].rows) {
        samples[row].split = hold ? Split::kValidation : Split::kTrain;
      }
    }
  }
}

std::size_t group_and_split(FoundPhotos& photos, int classes, double validation_share, std::uint64_t seed) {
  std::vector<std::string> content;
  for (const Sample& sample : photos.samples) content.push_back(sample.sha256);
  auto groups = group_near_duplicates(photos.prints, content);
  std::size_t near_duplicates = 0;
  for (std::size_t row = 0; row < groups.size(); ++row) near_duplicates += groups[row] != row;
  join_categories(photos.categories, groups);
  for (std::size_t row = 0; row < groups.size(); ++row) photos.samples[row].group = groups[row];
  split_samples(photos.samples, classes, validation_share, seed);
  return near_duplicates;
}

}  // namespace catdog
