#include "inference/chunk.h"

#include <new>
#include <stdexcept>

#include "catdog/model/csv.h"
#include "catdog/model/looks.h"
#include "catdog/model/output_check.h"
#include "support/files.h"
#include "support/interrupt.h"
#include "support/photo.h"

namespace catdog {
namespace {

void count_decision(const Prediction& prediction, Tally& tally) {
  switch (prediction.decision) {
    case Decision::kClass: ++tally.decided[prediction.class_id]; break;
    case Decision::kUncertain: ++tally.uncertain; break;
    case Decision::kNone: ++tally.none; break;
  }
}

// The photo as the network sees it; throws std::runtime_error with what is to stand in its row.
Preprocessed read_photo(const OfferedFile& offered, int size) {
  try {
    const auto bytes = offered.read();
    auto photo = preprocess_photo(view(bytes), size);
    if (!photo) throw std::runtime_error(photo.error().message);
    return std::move(*photo);
  } catch (const std::bad_alloc&) {
    throw std::runtime_error("expected memory to read the file, found none");
  }
}

}  // namespace

void Tally::add(const Tally& more) {
  for (std::size_t i = 0; i < decided.size(); ++i) decided[i] += more.decided[i];
  uncertain += more.uncertain;
  none += more.none;
  failed += more.failed;
}

Chunk classify_chunk(std::size_t count, const std::function<OfferedFile(std::size_t)>& offer, const ModelBundle& bundle,
                     EnginePool& engines, bool tta, const ExplainCallback& explain) {
  const ModelCard& card = bundle.card;
  const std::size_t labels = card.labels.size();
  Chunk chunk;
  chunk.tally.decided.resize(labels);
  for (std::size_t i = 0; i < count; ++i) {
    check_interrupt();
    const OfferedFile offered = offer(i);
    Row row;
    row.path = offered.path;
    Prediction prediction;
    try {
      const Preprocessed photo = read_photo(offered, card.size);
      const auto run = [&](const Image& picture) { return engines.run(picture); };
      const network::Outputs outputs = tta ? look_closely(photo.picture, card.thresholds, run) : run(photo.picture);
      const float* probabilities = outputs.probabilities.data();
      const std::string problem = problem_with_outputs(probabilities, labels, outputs.presence);
      if (!problem.empty()) throw std::runtime_error(problem);
      row.width = photo.width, row.height = photo.height;
      prediction = predict(probabilities, static_cast<int>(labels), outputs.presence, card.thresholds);
      row.prediction = &prediction;
      count_decision(prediction, chunk.tally);
      if (explain) explain(i, prediction.class_id, photo.picture);
    } catch (const std::exception& failure) {
      row.error = failure.what();
      ++chunk.tally.failed;
    }
    chunk.rows += csv_row(row, card.labels);
  }
  return chunk;
}

}  // namespace catdog
