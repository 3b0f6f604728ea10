// Which photos a training holds out: the store's own split, or one of several folds for cross-validation.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "support/feature_store.h"

namespace catdog {

struct Fold {
  int index = 0;  // 1 to count
  int count = 0;  // 0: no fold, the store's own split
};

// "2/5"; empty: no fold. Nothing where the text is neither.
std::optional<Fold> parse_fold(const std::string& text);

// For each photo whether it is held out. Of `count` folds each photo is in one, decided by the content of its group of
// near-duplicates: groups stay together, and every training that is asked for parts the data in the same way. The
// classes come out about even, as a hash does not know them.
std::vector<bool> held_out(const std::vector<Sample>& samples, Fold fold);

}  // namespace catdog
