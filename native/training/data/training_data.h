// What a training learns from: photos of the classes, and, where there are any, negatives, which show none of them.
#pragma once

#include <vector>

#include "support/shard.h"
#include "training/data/batches.h"
#include "training/data/data_pruning.h"
#include "training/train_options.h"

namespace catdog {

class TrainingData {
 public:
  // Throws std::runtime_error where there is nothing to train on or to validate with.
  explicit TrainingData(const TrainOptions& options);

  // With what depends on the data and the machine filled in.
  const TrainOptions& options() const { return options_; }
  const FeatureStore& store() const { return store_; }  // all of them
  bool has_negatives() const { return !negative_train_rows_.empty(); }
  const std::vector<std::size_t>& train_rows() const { return train_rows_; }
  const std::vector<std::size_t>& validation_rows() const { return validation_rows_; }
  const std::vector<std::size_t>& negative_train_rows() const { return negative_train_rows_; }
  const std::vector<std::size_t>& negative_validation_rows() const { return negative_validation_rows_; }

  // The photos of an epoch in their order, which depends on the seed and the epoch alone. A photo of weight 2.5 is
  // there two or three times. With --prune-easy, `losses` decide which photos there are.
  struct Epoch {
    int number = 0;
    std::vector<std::size_t> rows, negative_rows;
    std::vector<float> counts;  // of `rows`, in the loss; empty: each counts as one
  };
  Epoch epoch(int number, const LastLosses& losses = {}) const;
  std::size_t steps(const Epoch& epoch) const { return batch_count(epoch.rows.size(), options_.batch_size); }

  // The photos of a step: first those with a label, then some negatives. `part`: only this part of the
  // ones and of the others.
  Batch batch(const Epoch& epoch, std::size_t step, const Shard& part = {}) const;
  // How many photos the whole step has.
  StepSize size_of_step(const Epoch& epoch, std::size_t step) const;

 private:
  std::vector<std::size_t> negative_rows_of(const Epoch& epoch, std::size_t step) const;
  // `step`: pictures that an epoch has several times are changed otherwise in each step.
  Batch pictures(const std::vector<std::size_t>& rows, int epoch, std::size_t step) const;

  FeatureStore store_;
  TrainOptions options_;
  Augmentation augmentation_;
  std::vector<std::size_t> train_rows_, validation_rows_, negative_train_rows_, negative_validation_rows_;
};

}  // namespace catdog
