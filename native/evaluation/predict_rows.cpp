#include "evaluation/predict_rows.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <stdexcept>

#include "catdog/model/output_check.h"
#include "support/interrupt.h"
#include "support/ordered_parallel.h"
#include "support/progress.h"
#include "support/say.h"

namespace catdog {
namespace {

// Outputs that are no probabilities would make every metric meaningless.
void check_outputs(const ModelBundle& bundle, const network::Outputs& outputs, const std::string& path) {
  const std::string problem =
      problem_with_outputs(outputs.probabilities.data(), bundle.card.labels.size(), outputs.presence);
  if (!problem.empty()) throw std::runtime_error(bundle.onnx_file.string() + ": " + path + ": " + problem);
}

}  // namespace

Ensemble::Ensemble(const std::vector<const ModelBundle*>& bundles, network::Precision precision) : bundles_(bundles) {
  for (const ModelBundle* bundle : bundles) {
    const EnginePool& engine = *engines_.emplace_back(std::make_unique<EnginePool>(*bundle, precision));
    if (engine.why_another().empty()) continue;
    say(bundle->onnx_file.string() + ": " + engine.why_another() + ": the network runs on " + engine.name() +
        ", which is slower");
  }
}

PhotoPrediction Ensemble::predict(const AskedRows& asked, std::size_t row, const PictureOfSize& picture,
                                  const std::string& path) {
  std::vector<double> sums(bundles_.front()->card.labels.size(), 0);
  double presence = 0;
  PhotoPrediction mean;
  for (std::size_t m = 0; m < bundles_.size(); ++m) {
    if (!asked[m][row]) continue;
    const network::Outputs outputs = engines_[m]->run(picture(bundles_[m]->card.size));
    check_outputs(*bundles_[m], outputs, path);
    for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += outputs.probabilities[c];
    presence += outputs.presence;
    ++mean.models;
  }
  if (mean.models == 0) return mean;
  const double count = static_cast<double>(mean.models);
  for (const double sum : sums) mean.probabilities.push_back(static_cast<float>(sum / count));
  mean.presence = static_cast<float>(presence / count);
  return mean;
}

std::vector<PhotoPrediction> predict_rows(Ensemble& models, const FeatureStore& store,
                                          const std::vector<std::size_t>& rows, const AskedRows& asked, int threads) {
  std::vector<PhotoPrediction> predictions;
  Progress progress("Evaluating", rows.size(), "photos");
  const int workers = threads > 0 ? threads : core_count();
  ordered_parallel(
      rows.size(), workers, static_cast<std::size_t>(16 * workers),
      [&](std::size_t i) {
        const auto picture = [&](int size) { return stored_picture(store, rows[i], size); };
        return models.predict(asked, rows[i], picture, store.samples()[rows[i]].path);
      },
      [&](std::size_t i, PhotoPrediction prediction) {
        check_interrupt();
        predictions.push_back(std::move(prediction));
        progress.show(i + 1);
      });
  return predictions;
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
