#include "inference/network.h"

#include <cmath>
#include <opencv2/dnn.hpp>
#include <stdexcept>

namespace catdog {
namespace {

constexpr int kTrialBatch = 2;          // more than one: the batch must really be free
constexpr float kSumTolerance = 1e-3f;  // of a photo's probabilities, from 1

}  // namespace

struct Network::Engine {
  cv::dnn::Net net;
  std::string input, output;
  int size;
  int labels;
};

Network::Network(const ModelBundle& bundle) {
  const auto refuse = [&](const std::string& expected, const std::string& found) {
    throw std::runtime_error(bundle.onnx_file.string() + ": expected " + expected + ", found " + found);
  };
  const std::size_t values = std::size_t{3} * bundle.size * bundle.size;
  std::vector<float> trial(kTrialBatch * values);
  for (std::size_t i = 0; i < trial.size(); ++i) trial[i] = static_cast<float>(i % 251) / 250.0f;
  std::vector<float> found;
  try {
    cv::dnn::Net net = cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(bundle.onnx.data()), bundle.onnx.size());
    net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    engine_.reset(new Engine{net, bundle.input, bundle.output, bundle.size, static_cast<int>(bundle.labels.size())});
    found = run(trial, kTrialBatch);
  } catch (const cv::Exception& failure) {
    refuse("a network that OpenCV " CV_VERSION " can execute", failure.err.empty() ? failure.what() : failure.err);
  }
  for (int photo = 0; photo < kTrialBatch; ++photo) {
    float sum = 0;
    for (int label = 0; label < engine_->labels; ++label) {
      const float probability = found[photo * engine_->labels + label];
      if (!(probability >= 0 && probability <= 1)) refuse("probabilities from 0 to 1", std::to_string(probability));
      sum += probability;
    }
    if (!(std::abs(sum - 1) <= kSumTolerance)) {
      refuse("probabilities that add up to 1 (softmax inside)", std::to_string(sum));
    }
  }
}

Network::~Network() = default;

std::vector<float> Network::run(std::vector<float>& tensors, int count) {
  const int shape[] = {count, 3, engine_->size, engine_->size};
  engine_->net.setInput(cv::Mat(4, shape, CV_32F, tensors.data()), engine_->input);
  const cv::Mat found = engine_->net.forward(engine_->output);
  const std::size_t expected = static_cast<std::size_t>(count) * engine_->labels;
  if (found.type() != CV_32F || found.total() != expected || !found.isContinuous()) {
    throw std::runtime_error("expected " + std::to_string(expected) + " probabilities for a batch of " +
                             std::to_string(count) + ", found " + std::to_string(found.total()) + " values");
  }
  return {found.ptr<float>(), found.ptr<float>() + expected};
}

}  // namespace catdog
