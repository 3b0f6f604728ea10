// What a model says of the photos of a feature store: by the engine and the network that people use.
#pragma once

#include <cstddef>
#include <vector>

#include "model/bundle.h"
#include "support/feature_store.h"

namespace catdog {

struct Judgements {
  std::vector<float> probabilities;  // one for each class, row by row
  std::vector<float> presence;       // of each row; 1 where the network does not say
};

// What is said of each of the rows. `threads`: 0: one for each core. Does not depend on `threads`.
// Throws std::runtime_error where what the network says of a photo are no probabilities.
Judgements judge(const ModelBundle& bundle, const FeatureStore& store, const std::vector<std::size_t>& rows,
                 int threads);

// Milliseconds that the network takes for one photo, at its size of use, on one thread: the median of several.
double milliseconds_a_photo(const ModelBundle& bundle);

}  // namespace catdog
