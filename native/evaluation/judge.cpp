#include "evaluation/judge.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <opencv2/core.hpp>
#include <stdexcept>

#include "catdog/model/output_check.h"
#include "catdog/photo/preprocess.h"
#include "catdog/photo/resize.h"
#include "inference/network_pool.h"
#include "support/interrupt.h"
#include "support/ordered_parallel.h"
#include "support/progress.h"

namespace catdog {
namespace {

constexpr std::size_t kBatch = 16;

// One photo's outputs that are no probabilities would make every metric meaningless.
void check_photo(const ModelBundle& bundle, const NetworkOutput& said, std::size_t photo, const std::string& path) {
  const std::size_t labels = bundle.card.labels.size();
  const std::string problem =
      problem_with_outputs(said.probabilities.data() + photo * labels, labels, said.presence[photo]);
  if (!problem.empty()) throw std::runtime_error(bundle.onnx_file.string() + ": " + path + ": " + problem);
}

std::size_t tensor_values(int size) { return std::size_t{3} * size * size; }

}  // namespace

void photo_tensor(const FeatureStore& store, std::size_t row, int size, float* tensor) {
  Image picture = Image::of_size(store.size(), store.size());
  if (!picture.pixels) throw std::bad_alloc();
  store.copy_picture(row, picture.pixels.get());
  if (size == store.size()) {
    to_tensor(picture, tensor);
    return;
  }
  const Result<Image> resized = resize_area(picture, size, size);
  if (!resized) throw std::bad_alloc();  // the only reason
  to_tensor(*resized, tensor);
}

std::vector<float> judge(const ModelBundle& bundle, const FeatureStore& store, const std::vector<std::size_t>& rows,
                         int threads) {
  // Every thread has its own network: no threads inside OpenCV.
  cv::setNumThreads(1);
  NetworkPool networks(bundle);
  std::vector<float> probabilities;
  Progress progress("Evaluating", rows.size(), "photos");
  const std::size_t workers = static_cast<std::size_t>(threads > 0 ? threads : core_count());
  ordered_parallel((rows.size() + kBatch - 1) / kBatch, static_cast<int>(workers), 4 * workers,
                   [&](std::size_t batch) {
                     const std::size_t begin = batch * kBatch, count = std::min(kBatch, rows.size() - begin);
                     std::vector<float> tensors(count * tensor_values(bundle.card.size));
                     for (std::size_t i = 0; i < count; ++i) {
                       photo_tensor(store, rows[begin + i], bundle.card.size,
                                    tensors.data() + i * tensor_values(bundle.card.size));
                     }
                     NetworkOutput said = networks.run(tensors, static_cast<int>(count));
                     for (std::size_t i = 0; i < count; ++i) {
                       check_photo(bundle, said, i, store.samples()[rows[begin + i]].path);
                     }
                     return std::move(said.probabilities);
                   },
                   [&](std::size_t batch, const std::vector<float>& found) {
                     check_interrupt();
                     probabilities.insert(probabilities.end(), found.begin(), found.end());
                     progress.show(std::min(rows.size(), (batch + 1) * kBatch));
                   });
  return probabilities;
}

double milliseconds_a_photo(const ModelBundle& bundle) {
  constexpr int kWarmUps = 3, kRuns = 25;
  cv::setNumThreads(1);
  Network network(bundle);
  std::vector<float> tensor(tensor_values(bundle.card.size));
  for (std::size_t i = 0; i < tensor.size(); ++i) tensor[i] = static_cast<float>(i % 256) / 255.0f;
  std::vector<double> times;
  for (int run = -kWarmUps; run < kRuns; ++run) {
    check_interrupt();
    const auto start = std::chrono::steady_clock::now();
    network.run(tensor, 1);
    const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
    if (run >= 0) times.push_back(taken.count());
  }
  std::nth_element(times.begin(), times.begin() + kRuns / 2, times.end());
  return times[kRuns / 2];
}

}  // namespace catdog
