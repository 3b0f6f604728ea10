#include "evaluation/judge.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <stdexcept>

#include "catdog/model/output_check.h"
#include "inference/engine.h"
#include "support/interrupt.h"
#include "support/ordered_parallel.h"
#include "support/progress.h"

namespace catdog {
namespace {

constexpr std::size_t kBatch = 16;

// Outputs that are no probabilities would make every metric meaningless.
void check_outputs(const ModelBundle& bundle, const network::Outputs& outputs, const std::string& path) {
  const std::string problem =
      problem_with_outputs(outputs.probabilities.data(), bundle.card.labels.size(), outputs.presence);
  if (!problem.empty()) throw std::runtime_error(bundle.onnx_file.string() + ": " + path + ": " + problem);
}

void append(const std::vector<float>& more, std::vector<float>& all) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

Judgements judge(const ModelBundle& bundle, const FeatureStore& store, const std::vector<std::size_t>& rows,
                 int threads) {
  EnginePool engines(bundle);
  Judgements said;
  Progress progress("Evaluating", rows.size(), "photos");
  const std::size_t workers = static_cast<std::size_t>(threads > 0 ? threads : core_count());
  ordered_parallel((rows.size() + kBatch - 1) / kBatch, static_cast<int>(workers), 4 * workers,
                   [&](std::size_t batch) {
                     const std::size_t begin = batch * kBatch, end = std::min(rows.size(), begin + kBatch);
                     Judgements found;
                     for (std::size_t i = begin; i < end; ++i) {
                       const network::Outputs outputs = engines.run(stored_picture(store, rows[i], bundle.card.size));
                       check_outputs(bundle, outputs, store.samples()[rows[i]].path);
                       append(outputs.probabilities, found.probabilities);
                       found.presence.push_back(outputs.presence);
                     }
                     return found;
                   },
                   [&](std::size_t batch, const Judgements& found) {
                     check_interrupt();
                     append(found.probabilities, said.probabilities);
                     append(found.presence, said.presence);
                     progress.show(std::min(rows.size(), (batch + 1) * kBatch));
                   });
  return said;
}

double milliseconds_a_photo(const ModelBundle& bundle) {
  constexpr int kWarmUps = 3, kRuns = 25;
  EnginePool engines(bundle);
  Image picture = Image::of_size(bundle.card.size, bundle.card.size);
  if (!picture.pixels) throw std::bad_alloc();
  for (std::size_t i = 0; i < picture.row_bytes() * picture.height; ++i) picture.pixels[i] = i % 256;
  std::vector<double> times;
  for (int run = -kWarmUps; run < kRuns; ++run) {
    check_interrupt();
    const auto start = std::chrono::steady_clock::now();
    engines.run(picture);
    const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
    if (run >= 0) times.push_back(taken.count());
  }
  std::nth_element(times.begin(), times.begin() + kRuns / 2, times.end());
  return times[kRuns / 2];
}

}  // namespace catdog
