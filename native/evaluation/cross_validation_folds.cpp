#include "evaluation/cross_validation_folds.h"

#include <map>

#include "support/hash.h"

namespace catdog {
namespace {

constexpr int kMostFolds = 100;

// 1 to count.
int fold_of(const std::string& content, int count) {
  const std::string digits = Sha256().add("fold " + content).hex().substr(0, 15);
  return static_cast<int>(std::stoull(digits, nullptr, 16) % static_cast<unsigned long long>(count)) + 1;
}

}  // namespace

std::optional<Fold> parse_fold(const std::string& text) {
  if (text.empty()) return Fold{};
  const std::size_t slash = text.find('/');
  const auto number = [](const std::string& digits) {
    const bool sound = !digits.empty() && digits.size() <= 3 && digits.find_first_not_of("0123456789") == digits.npos;
    return sound ? std::stoi(digits) : -1;
  };
  if (slash == text.npos) return {};
  const Fold fold{number(text.substr(0, slash)), number(text.substr(slash + 1))};
  if (fold.count < 2 || fold.count > kMostFolds || fold.index < 1 || fold.index > fold.count) return {};
  return fold;
}

std::vector<bool> held_out(const std::vector<Sample>& samples, Fold fold) {
  std::vector<bool> held(samples.size());
  if (fold.count == 0) {
    for (std::size_t row = 0; row < samples.size(); ++row) held[row] = samples[row].split == Split::kValidation;
    return held;
  }
  std::map<std::size_t, std::string> content;  // of each group: the smallest hash of its files
  for (const Sample& sample : samples) {
    std::string& smallest = content[sample.group];
    if (smallest.empty() || sample.sha256 < smallest) smallest = sample.sha256;
  }
  for (std::size_t row = 0; row < samples.size(); ++row) {
    held[row] = fold_of(content[samples[row].group], fold.count) == fold.index;
  }
  return held;
}

}  // namespace catdog
