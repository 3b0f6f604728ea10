// Which photos are held out from training.
#pragma once

#include <cstdint>
#include <vector>

#include "features/read_photos.h"
#include "support/feature_store.h"

namespace catdog {

// Sets `split` of every sample. Stratified: of each class about `validation_share` of its photos is held out.
// Seeded, and decided by content: names and order do not matter. Groups of near-duplicates stay together (one that
// spans classes counts for the class of its first photo). Negatives are parted like a class. Of a class with at least
// two groups, both parts get one, but with a share of 1.
void split_samples(std::vector<Sample>& samples, int classes, double validation_share, std::uint64_t seed);

// Groups near-duplicates, and photos of one category with what near-duplicates tie to it; then splits the photos. Gives
// how many are near-duplicates of one before them.
std::size_t group_and_split(FoundPhotos& photos, int classes, double validation_share, std::uint64_t seed);

}  // namespace catdog
