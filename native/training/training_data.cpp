#include "training/training_data.h"

#include <algorithm>
#include <stdexcept>

#include "evaluation/folds.h"
#include "evaluation/left_out.h"
#include "support/files.h"
#include "support/hash.h"
#include "support/ordered_parallel.h"
#include "training/mixup.h"

namespace catdog {
namespace {

constexpr int kLabelledForEachOther = 8;  // photos of the classes for each photo of none of them

// The photos, parted as --fold and --exclude say.
FeatureStore open_store(const TrainOptions& options) {
  FeatureStore store(options.features);
  if (!options.fold.empty()) store.hold_back(held_back(store.samples(), parse_fold(options.fold).value()));
  leave_out_listed(store, options.exclude);
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
  const int seen = options.size - 2 * options.margin;
  if (options.crop == 0) options.crop = std::max(kCropStep, seen * 4 / 5 / kCropStep * kCropStep);
  options.crop = std::min(options.crop, options.size);
  options.first_crop = std::min(options.first_crop, options.crop);
  options.left_out = left_out_digest(store);
  if (!options.teacher.empty()) options.teacher_digest = digest_of_teacher(options.teacher / "last.pt");
  return options;
}

Augmentation augmentation_of(const TrainOptions& options) {
  Augmentation how = augmentation_without(options.without);
  how.blur_chance = std::min(1.0, how.blur_chance * options.blur);
  how.most_blur *= options.blur;
  return how;
}

template <class T>
std::vector<T> part_of(const std::vector<T>& items, const Shard& part) {
  return {items.begin() + static_cast<std::ptrdiff_t>(part.begin(items.size())),
          items.begin() + static_cast<std::ptrdiff_t>(part.end(items.size()))};
}

std::string joined(const std::string& first, const FeatureStore* other, const std::string& second) {
  return other ? Sha256().add(first + ' ' + second).hex() : first;
}

}  // namespace

TrainingData::TrainingData(const TrainOptions& options)
    : store_(open_store(options)),
      options_(completed(options, store_)),
      augmentation_(augmentation_of(options)),
      other_(options.other.empty() ? nullptr : std::make_unique<FeatureStore>(options.other)),
      train_rows_(rows_of(store_, Split::kTrain)),
      validation_rows_(rows_of(store_, Split::kValidation)) {
  const auto must_be_there = [](const std::filesystem::path& folder, std::size_t train, std::size_t validation) {
    if (train > 0 && validation > 0) return;
    throw std::runtime_error(folder.string() + ": expected photos to train on and to validate with, found " +
                             std::to_string(train) + " and " + std::to_string(validation));
  };
  must_be_there(options.features, train_rows_.size(), validation_rows_.size());
  if (!other_) return;
  other_train_rows_ = rows_of(*other_, Split::kTrain);
  other_validation_rows_ = rows_of(*other_, Split::kValidation);
  must_be_there(options.other, other_train_rows_.size(), other_validation_rows_.size());
  if (other_->size() != store_.size()) {
    throw std::runtime_error(options.other.string() + ": expected pictures of " + std::to_string(store_.size()) +
                             " pixels as in " + options.features.string() + ", found " +
                             std::to_string(other_->size()));
  }
}

std::string TrainingData::digest() const { return joined(store_.digest(), other(), other_ ? other_->digest() : ""); }
std::string TrainingData::split_digest() const {
  return joined(store_.split_digest(), other(), other_ ? other_->split_digest() : "");
}

TrainingData::Epoch TrainingData::epoch(int number, const LastLosses& losses) const {
  Epoch epoch{number,
              epoch_order(train_rows_, options_.seed, number),
              epoch_order(other_train_rows_, options_.seed, number),
              {}};
  epoch.counts = leave_out_easy(epoch.rows, losses, left_out_of_epoch(options_, number), options_.seed, number);
  return epoch;
}

std::vector<std::size_t> TrainingData::other_rows_of(const Epoch& epoch, std::size_t step) const {
  std::vector<std::size_t> rows;
  if (epoch.other_rows.empty()) return rows;
  const auto each = static_cast<std::size_t>(std::max(1, options_.batch / kLabelledForEachOther));
  for (std::size_t i = 0; i < each; ++i) rows.push_back(epoch.other_rows[(step * each + i) % epoch.other_rows.size()]);
  return rows;
}

Batch TrainingData::pictures(const FeatureStore& store, const std::vector<std::size_t>& rows, int epoch,
                             int draw) const {
  const int crop = crop_of_epoch(options_, epoch);
  if (!options_.augment) return plain_batch(store, rows, crop);
  return training_batch(store, rows, crop, augmentation_, options_.seed, epoch, draw);
}

void TrainingData::mix(Batch& batch, const std::vector<std::size_t>& rows, int epoch) const {
  std::vector<std::size_t> partners;
  std::vector<float> shares;
  for (const std::size_t row : rows) {
    const Mix drawn = draw_mix(train_rows_, row, options_.mixup, options_.seed, epoch);
    partners.push_back(drawn.partner);
    shares.push_back(drawn.share);
  }
  mix_in(batch, pictures(store_, partners, epoch, /*draw=*/1), shares);
}

StepSize TrainingData::size_of_step(const Epoch& epoch, std::size_t step) const {
  return {batch_of(epoch.rows, options_.batch, step).size(), other_rows_of(epoch, step).size()};
}

Batch TrainingData::batch(const Epoch& epoch, std::size_t step, const Shard& part) const {
  const auto rows = part_of(batch_of(epoch.rows, options_.batch, step), part);
  Batch batch = pictures(store_, rows, epoch.number);
  if (!epoch.counts.empty()) {
    batch.counts = torch::tensor(part_of(batch_of(epoch.counts, options_.batch, step), part));
  }
  if (options_.mixup > 0) mix(batch, rows, epoch.number);
  const auto others = part_of(other_rows_of(epoch, step), part);
  if (others.empty()) return batch;
  Batch more = pictures(*other_, others, epoch.number);
  batch.photos = torch::cat({batch.photos, more.photos}).contiguous(torch::MemoryFormat::ChannelsLast);
  batch.other_rows = std::move(more.rows);
  return batch;
}

}  // namespace catdog
