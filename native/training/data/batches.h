// From the feature store to batches of tensors.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "support/feature_store.h"
#include "training/data/augment.h"

namespace catdog {

struct Batch {
  torch::Tensor photos;            // N×3×S×S, float, RGB in [0, 1]
  torch::Tensor labels;            // of the photos that have one, which come first; int64
  std::vector<std::int64_t> rows;  // of the store, of all photos
  torch::Tensor counts;            // what each photo with a label counts in the loss; undefined: one
};

// How many photos a step has, in all processes together.
struct StepSize {
  std::size_t labelled = 0, negatives = 0;
  std::size_t all() const { return labelled + negatives; }
};

// The order of an epoch: it depends on the seed and the epoch alone.
std::vector<std::size_t> epoch_order(std::vector<std::size_t> rows, std::uint64_t seed, int epoch);

// The number of batches; the last one may be smaller. A single photo that would be left over joins the last one: batch
// normalisation needs more than one value.
std::size_t batch_count(std::size_t photos, int batch);

// The `index`-th batch of what is known of each photo, such as its row.
template <class T>
std::vector<T> batch_of(const std::vector<T>& photos, int batch, std::size_t index) {
  const auto size = static_cast<std::ptrdiff_t>(batch), begin = static_cast<std::ptrdiff_t>(index) * size;
  const bool last = index + 1 == batch_count(photos.size(), batch);
  return {photos.begin() + begin, last ? photos.end() : photos.begin() + begin + size};
}

// Pictures as they are: what the network sees when it is used. `size`: pixels a side; the store's pictures are made
// smaller or larger as any photo is.
Batch plain_batch(const FeatureStore& store, const std::vector<std::size_t>& rows, int size);

// What random changes to pictures depend on: a change of any of these is another change of the same picture.
struct Draw {
  std::uint64_t seed = 0;
  int epoch = 0;
  std::size_t step = 0;
};
// Pictures augmented and cropped to `crop` pixels.
Batch training_batch(const FeatureStore& store, const std::vector<std::size_t>& rows, int crop, const Augmentation& how,
                     const Draw& draw);

}  // namespace catdog
