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
  std::string input, output, presence, map;
  int size;
  int labels;

  // The outputs called `names`, for `count` photos.
  std::vector<cv::Mat> forward(std::vector<float>& tensors, int count, const std::vector<cv::String>& names) {
    const int shape[] = {count, 3, size, size};
    net.setInput(cv::Mat(4, shape, CV_32F, tensors.data()), input);
    std::vector<cv::Mat> found;
    net.forward(found, names);
    return found;
  }
};

namespace {

// Copies a tensor that must have so many values.
std::vector<float> values_of(const cv::Mat& tensor, std::size_t expected, const std::string& name, int count) {
  if (tensor.type() != CV_32F || tensor.total() != expected || !tensor.isContinuous()) {
    throw std::runtime_error("expected " + std::to_string(expected) + " values of '" + name + "' for a batch of " +
                             std::to_string(count) + ", found " + std::to_string(tensor.total()));
  }
  return {tensor.ptr<float>(), tensor.ptr<float>() + expected};
}

bool is_probability(float value) { return value >= 0 && value <= 1; }

}  // namespace

Network::Network(const ModelBundle& bundle) {
  const auto refuse = [&](const std::string& expected, const std::string& found) {
    throw std::runtime_error(bundle.onnx_file.string() + ": expected " + expected + ", found " + found);
  };
  const std::size_t values = std::size_t{3} * bundle.size * bundle.size;
  std::vector<float> trial(kTrialBatch * values);
  for (std::size_t i = 0; i < trial.size(); ++i) trial[i] = static_cast<float>(i % 251) / 250.0f;
  NetworkOutput found;
  try {
    cv::dnn::Net net = cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(bundle.onnx.data()), bundle.onnx.size());
    net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    engine_.reset(new Engine{net, bundle.input, bundle.output, bundle.presence, bundle.map, bundle.size,
                             static_cast<int>(bundle.labels.size())});
    found = run(trial, kTrialBatch);
  } catch (const cv::Exception& failure) {
    refuse("a network that OpenCV " CV_VERSION " can execute", failure.err.empty() ? failure.what() : failure.err);
  }
  for (int photo = 0; photo < kTrialBatch; ++photo) {
    float sum = 0;
    for (int label = 0; label < engine_->labels; ++label) {
      const float probability = found.probabilities[photo * engine_->labels + label];
      if (!is_probability(probability)) refuse("probabilities from 0 to 1", std::to_string(probability));
      sum += probability;
    }
    if (!(std::abs(sum - 1) <= kSumTolerance)) {
      refuse("probabilities that add up to 1 (softmax inside)", std::to_string(sum));
    }
    const float presence = found.presence[photo];
    if (!is_probability(presence)) refuse("a presence from 0 to 1", std::to_string(presence));
  }
}

Network::~Network() = default;

NetworkOutput Network::run(std::vector<float>& tensors, int count) {
  std::vector<cv::String> names = {engine_->output};
  if (!engine_->presence.empty()) names.push_back(engine_->presence);
  const auto found = engine_->forward(tensors, count, names);
  const auto photos = static_cast<std::size_t>(count);
  NetworkOutput output;
  output.probabilities = values_of(found[0], photos * engine_->labels, names[0], count);
  output.presence.assign(photos, kSurelyPresent);
  if (found.size() > 1) output.presence = values_of(found[1], photos, names[1], count);
  return output;
}

ActivationMap Network::map(std::vector<float>& tensor) {
  const cv::Mat found = engine_->forward(tensor, 1, {engine_->map})[0];
  if (found.dims != 4)
    throw std::runtime_error("expected a map of four dimensions, found " + std::to_string(found.dims));
  ActivationMap map;
  map.height = found.size[2], map.width = found.size[3];
  const std::size_t places = static_cast<std::size_t>(map.width) * map.height;
  map.values = values_of(found, places * engine_->labels, engine_->map, 1);
  return map;
}

}  // namespace catdog
