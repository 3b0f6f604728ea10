#include "inference/chunk.h"

#include <new>
#include <stdexcept>

#include "catdog/model/csv.h"
#include "support/files.h"
#include "support/interrupt.h"
#include "support/photo.h"

namespace catdog {
namespace {

void count_decision(const Prediction& prediction, Tally& tally) {
  switch (prediction.decision) {
    case Decision::kClass: ++tally.decided[prediction.class_id]; break;
    case Decision::kUnsure: ++tally.unsure; break;
    case Decision::kNeither: ++tally.neither; break;
  }
}

// Appends the photo's tensor; gives its row without a prediction, which has an error where there is no tensor.
Row read_photo(const OfferedFile& offered, int size, std::vector<float>& tensors) {
  Row row;
  row.path = offered.path;
  try {
    const auto bytes = offered.read();
    const auto photo = preprocess_photo(view(bytes), size);
    if (!photo) {
      row.error = photo.error().message;
      return row;
    }
    const std::size_t filled = tensors.size();
    tensors.resize(filled + std::size_t{3} * size * size);
    to_tensor(photo->picture, tensors.data() + filled);
    row.width = photo->width;
    row.height = photo->height;
  } catch (const std::bad_alloc&) {
    row.error = "expected memory to read the file, found none";
  } catch (const std::exception& failure) {
    row.error = failure.what();
  }
  return row;
}

}  // namespace

void Tally::add(const Tally& more) {
  for (std::size_t i = 0; i < decided.size(); ++i) decided[i] += more.decided[i];
  unsure += more.unsure;
  neither += more.neither;
  failed += more.failed;
}

Chunk classify_chunk(std::size_t count, const std::function<OfferedFile(std::size_t)>& offer, const ModelBundle& bundle,
                     NetworkPool& networks, const Explain& explain) {
  std::vector<Row> rows;
  std::vector<float> tensors;
  int sound = 0;
  for (std::size_t i = 0; i < count; ++i) {
    check_interrupt();
    rows.push_back(read_photo(offer(i), bundle.size, tensors));
    sound += rows.back().error.empty();
  }
  const std::size_t labels = bundle.labels.size();
  const NetworkOutput said = sound > 0 ? networks.run(tensors, sound) : NetworkOutput();
  Chunk chunk;
  chunk.tally.decided.resize(bundle.labels.size());
  std::size_t next = 0;
  for (Row& row : rows) {
    Prediction prediction;
    if (!row.error.empty()) {
      ++chunk.tally.failed;
    } else {
      prediction = predict(said.probabilities.data() + next * labels, static_cast<int>(labels), said.presence[next],
                           bundle.thresholds);
      if (explain) {
        const std::size_t values = std::size_t{3} * bundle.size * bundle.size;
        const float* tensor = tensors.data() + next * values;
        explain(static_cast<std::size_t>(&row - rows.data()), prediction.class_id, {tensor, tensor + values});
      }
      ++next;
      row.prediction = &prediction;
      count_decision(prediction, chunk.tally);
    }
    chunk.rows += csv_row(row, bundle.labels);
  }
  return chunk;
}

}  // namespace catdog
