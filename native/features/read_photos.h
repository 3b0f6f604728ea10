// What is found in the photos of a data set.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "catdog/photo/image.h"
#include "features/data_set.h"
#include "features/near_duplicates.h"
#include "support/feature_store.h"

namespace catdog {

// Photos in path order, before anything is decided about them.
struct FoundPhotos {
  std::vector<Sample> samples;  // without split and group
  std::vector<Fingerprint> prints;
  std::vector<std::string> categories;  // identify them: photos of one category stay together; empty: of none
  std::vector<Skipped> skipped;
};

// Reads the files [begin, end) of `data` on several threads (0: one for each core), and gives each picture, of `size`
// pixels a side, to `take`, in the files' order. Those that cannot be read are skipped, with the reason.
FoundPhotos read_photos(const DataSet& data, std::size_t begin, std::size_t end, int size, int threads,
                        const std::function<void(const Image&)>& take);

}  // namespace catdog
