// How much of a training step the data path costs: photos a second from the feature store (read, augmented, batched)
// against the same network fed the same batch from memory again and again. Both in turn, so that they see the same
// machine; medians, as JSON.
//
// usage: bench_training FEATURES [NETWORK] [ROUNDS] [--hand-back]     --hand-back: without keep_freed_memory
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>

#include "support/memory.h"
#include "support/ordered_parallel.h"
#include "training/learner.h"

namespace {

using namespace catdog;

constexpr std::size_t kStepsARound = 20;

double photos_per_second(int batch, const std::function<void()>& steps) {
  const auto start = std::chrono::steady_clock::now();
  steps();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return static_cast<double>(batch * kStepsARound) / seconds;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  if (argc < 5 || std::string(argv[4]) != "--hand-back") keep_freed_memory();
  TrainOptions options;
  options.data.features = argv[1];
  if (argc > 2) options.network = argv[2];
  const int rounds = argc > 3 ? std::stoi(argv[3]) : 7;
  const TrainingData data(options);
  Learner learner(data.options(), data);
  const TrainingData::Epoch epoch = data.epoch(0);
  MetricsCollector seen(static_cast<int>(data.store().classes().size()));
  std::size_t next = 0;
  const auto load = [&](std::size_t index) { return data.batch(epoch, index % (data.steps(epoch) - 1)); };
  const Batch kept = load(0);
  const auto from_memory = [&] {
    for (std::size_t i = 0; i < kStepsARound; ++i) learner.step(kept, {kept.rows.size(), 0}, 1e-4, false, seen);
  };
  const auto from_store = [&] {
    ordered_parallel(
        kStepsARound, data.options().threads, 6, [&](std::size_t i) { return load(next + i); },
        [&](std::size_t, const Batch& batch) {
          learner.step(batch, {batch.rows.size(), 0}, 1e-4, false, seen);
        });
    next += kStepsARound;
  };
  from_memory();
  std::vector<double> memory, stored, ratios;
  for (int round = 0; round < rounds; ++round) {
    memory.push_back(photos_per_second(options.batch_size, from_memory));
    stored.push_back(photos_per_second(options.batch_size, from_store));
    ratios.push_back(stored.back() / memory.back());
  }
  std::printf("{\"network\": \"%s\", \"from_store\": %.1f, \"from_memory\": %.1f, \"ratio\": %.3f}\n",
              options.network.c_str(), median(stored), median(memory), median(ratios));
}
