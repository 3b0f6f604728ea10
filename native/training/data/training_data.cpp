#include "training/data/training_data.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "evaluation/cross_validation_folds.h"
#include "evaluation/exclusions.h"
#include "support/files.h"
#include "support/hash.h"
#include "support/ordered_parallel.h"

namespace catdog {
namespace {

constexpr int kLabelledForEachNegative = 6;
constexpr std::uint64_t kWeightStream = 6;

// The photos, parted as --fold and --exclude say.
FeatureStore open_store(const TrainOptions& options) {
  FeatureStore store(options.data.features, options.data.negatives);
  if (!options.data.fold.empty()) store.hold_back(held_out(store.samples(), parse_fold(options.data.fold).value()));
  leave_out_listed(store, options.data.exclude);
  return store;
}

std::string digest_of_teacher(const std::filesystem::path& checkpoint) {
  if (!std::filesystem::is_regular_file(checkpoint)) {
    throw std::runtime_error(checkpoint.string() +
                             ": expected the checkpoint of a finished training (--teacher), found no such file");
  }
  return sha256(view(read_file(checkpoint)));
}

// Fills in what depends on the data and the machine.
TrainOptions completed(TrainOptions options, const FeatureStore& store) {
  if (options.threads == 0) options.threads = core_count();
  if (options.size == 0) options.size = store.size();
  const int seen = options.size - 2 * options.center_crop_margin;
  if (options.augmentation.train_crop_size == 0)
    options.augmentation.train_crop_size = std::max(kCropStep, seen * 4 / 5 / kCropStep * kCropStep);
  options.augmentation.train_crop_size = std::min(options.augmentation.train_crop_size, options.size);
  options.augmentation.progressive_crop_start =
      std::min(options.augmentation.progressive_crop_start, options.augmentation.train_crop_size);
  options.derived.exclusions_digest = exclusions_digest_of(store.samples());
  options.derived.has_negatives = !store.negative_rows(Split::kTrain).empty();
  if (!options.distillation.teacher.empty())
    options.derived.teacher_digest = digest_of_teacher(options.distillation.teacher / "last.pt");
  return options;
}

Augmentation augmentation_of(const TrainOptions& options) {
  Augmentation how =
      without(options.augmentation.wide ? wide_augmentation() : Augmentation(), options.augmentation.disabled);
  how.blur_chance = std::min(1.0, how.blur_chance * options.augmentation.blur_scale);
  how.most_blur *= options.augmentation.blur_scale;
  return how;
}

template <class T>
std::vector<T> part_of(const std::vector<T>& items, const Shard& part) {
  return {items.begin() + static_cast<std::ptrdiff_t>(part.begin(items.size())),
          items.begin() + static_cast<std::ptrdiff_t>(part.end(items.size()))};
}

// Each of `rows` as often as its source's weight says; of the part beyond whole numbers a draw decides.
std::vector<std::size_t> weighted(const FeatureStore& store, const std::vector<std::size_t>& rows, std::uint64_t seed,
                                  int epoch) {
  Random random(seed, kWeightStream, static_cast<std::uint64_t>(epoch));
  std::vector<std::size_t> all;
  for (const std::size_t row : rows) {
    const double weight = store.sources()[store.samples()[row].source].weight, whole = std::floor(weight);
    const bool once_more = weight > whole && random.chance(weight - whole);
    all.insert(all.end(), static_cast<std::size_t>(whole) + once_more, row);
  }
  return all;
}

// Those rows of the training part that are seen at all.
std::vector<std::size_t> seen(const FeatureStore& store, std::vector<std::size_t> rows) {
  const auto never = [&](std::size_t row) { return store.sources()[store.samples()[row].source].weight <= 0; };
  rows.erase(std::remove_if(rows.begin(), rows.end(), never), rows.end());
  return rows;
}

}  // namespace

TrainingData::TrainingData(const TrainOptions& options)
    : store_(open_store(options)),
      options_(completed(options, store_)),
      augmentation_(augmentation_of(options)),
      train_rows_(seen(store_, store_.rows(Split::kTrain))),
      validation_rows_(store_.rows(Split::kValidation)),
      negative_train_rows_(seen(store_, store_.negative_rows(Split::kTrain))),
      negative_validation_rows_(store_.negative_rows(Split::kValidation)) {
  const auto must_be_there = [&](const char* what, std::size_t train, std::size_t validation) {
    if (train > 0 && validation > 0) return;
    throw std::runtime_error(options.data.features.front().folder.string() + ": expected " + what +
                             " to train on and to validate with, found " + std::to_string(train) + " and " +
                             std::to_string(validation));
  };
  must_be_there("photos", train_rows_.size(), validation_rows_.size());
  if (has_negatives()) must_be_there("negatives", negative_train_rows_.size(), negative_validation_rows_.size());
}

TrainingData::Epoch TrainingData::epoch(int number, const LastLosses& losses) const {
  const auto ordered = [&](const std::vector<std::size_t>& rows) {
    return epoch_order(weighted(store_, rows, options_.seed, number), options_.seed, number);
  };
  Epoch epoch{number, ordered(train_rows_), ordered(negative_train_rows_), {}};
  epoch.counts = leave_out_easy(epoch.rows, losses, pruned_share(options_, number), options_.seed, number);
  return epoch;
}

std::vector<std::size_t> TrainingData::negative_rows_of(const Epoch& epoch, std::size_t step) const {
  std::vector<std::size_t> rows;
  const std::vector<std::size_t>& all = epoch.negative_rows;
  if (all.empty()) return rows;
  const auto each = static_cast<std::size_t>(std::max(1, options_.batch_size / kLabelledForEachNegative));
  for (std::size_t i = 0; i < each; ++i) rows.push_back(all[(step * each + i) % all.size()]);
  return rows;
}

Batch TrainingData::pictures(const std::vector<std::size_t>& rows, int epoch, std::size_t step) const {
  const int crop = crop_of_epoch(options_, epoch);
  if (!options_.augmentation.enabled) return plain_batch(store_, rows, crop);
  return training_batch(store_, rows, crop, augmentation_, {options_.seed, epoch, step});
}

StepSize TrainingData::size_of_step(const Epoch& epoch, std::size_t step) const {
  return {batch_of(epoch.rows, options_.batch_size, step).size(), negative_rows_of(epoch, step).size()};
}

Batch TrainingData::batch(const Epoch& epoch, std::size_t step, const Shard& part) const {
  const auto rows = part_of(batch_of(epoch.rows, options_.batch_size, step), part);
  Batch batch = pictures(rows, epoch.number, step);
  if (!epoch.counts.empty()) {
    batch.counts = torch::tensor(part_of(batch_of(epoch.counts, options_.batch_size, step), part));
  }
  const auto negatives = part_of(negative_rows_of(epoch, step), part);
  if (negatives.empty()) return batch;
  const Batch more = pictures(negatives, epoch.number, step);
  batch.photos = torch::cat({batch.photos, more.photos}).contiguous(torch::MemoryFormat::ChannelsLast);
  batch.rows.insert(batch.rows.end(), more.rows.begin(), more.rows.end());
  return batch;
}

}  // namespace catdog
