#include "training/data/batches.h"

#include <algorithm>

#include "catdog/photo/preprocess.h"
#include "catdog/photo/resize.h"

namespace catdog {
namespace {

constexpr std::uint64_t kOrderStream = 1;
constexpr std::uint64_t kAugmentStream = 2;

// Photos are kept with their channels interleaved, as the convolutions want them.
constexpr torch::MemoryFormat kLayout = torch::MemoryFormat::ChannelsLast;

// Makes a batch whose pictures are written by fill(row, S×S×3 bytes, tensor), in the layout `written`.
template <class Fill>
Batch make_batch(const FeatureStore& store, const std::vector<std::size_t>& rows, int side, torch::MemoryFormat written,
                 Fill fill) {
  const auto count = static_cast<std::int64_t>(rows.size());
  Batch batch;
  batch.photos = torch::empty({count, 3, side, side}, torch::TensorOptions().memory_format(written));
  batch.labels = torch::empty({count}, torch::kLong);
  batch.rows.assign(rows.begin(), rows.end());
  Image picture = Image::of_size(store.size(), store.size());
  if (!picture.pixels) throw std::bad_alloc();
  float* out = batch.photos.data_ptr<float>();
  auto* labels = batch.labels.data_ptr<std::int64_t>();
  const std::size_t values = static_cast<std::size_t>(3) * side * side;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    store.copy_picture(rows[i], picture.pixels.get());
    fill(rows[i], picture, out + i * values);
    labels[i] = store.samples()[rows[i]].label;
  }
  batch.photos = batch.photos.contiguous(kLayout);
  return batch;
}

}  // namespace

std::vector<std::size_t> epoch_order(std::vector<std::size_t> rows, std::uint64_t seed, int epoch) {
  Random random(seed, kOrderStream, static_cast<std::uint64_t>(epoch));
  shuffle(rows, random);
  return rows;
}

std::size_t batch_count(std::size_t photos, int batch) {
  const std::size_t size = static_cast<std::size_t>(batch), whole = photos / size, left = photos % size;
  return whole + (left > 1 || (left == 1 && whole == 0) ? 1 : 0);
}

Batch plain_batch(const FeatureStore& store, const std::vector<std::size_t>& rows, int size) {
  const auto planes = torch::MemoryFormat::Contiguous;
  return make_batch(store, rows, size, planes, [&](std::size_t, const Image& picture, float* out) {
    if (size == store.size()) return to_tensor(picture, out);
    const auto resized = resize_area(picture, size, size);
    if (!resized) throw std::runtime_error(resized.error().message);
    to_tensor(*resized, out);
  });
}

Batch training_batch(const FeatureStore& store, const std::vector<std::size_t>& rows, int crop, const Augmentation& how,
                     const Draw& draw) {
  const std::uint64_t stream = kAugmentStream + (static_cast<std::uint64_t>(draw.epoch) << 8);
  return make_batch(store, rows, crop, kLayout, [&](std::size_t row, const Image& picture, float* out) {
    Random random(draw.seed, stream, row + (static_cast<std::uint64_t>(draw.step) << 32));
    augment(picture.pixels.get(), store.size(), crop, how, random, out);
  });
}

}  // namespace catdog
