// Which photos are held back from training.
#pragma once

#include <cstdint>
#include <vector>

#include "support/feature_store.h"

namespace catdog {

// Sets `split` of every sample. Stratified: of each class about `validation_share` of its photos is held back.
// Seeded, and decided by content: names and order do not matter. Groups of near-duplicates stay together (one that
// spans classes counts for the class of its first photo). Negatives are parted like a class. Of a class with at least
// two groups, both parts get one, but with a share of 1.
void split_samples(std::vector<Sample>& samples, int classes, double validation_share, std::uint64_t seed);

}  // namespace catdog
