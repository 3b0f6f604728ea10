#include "inference/network.h"

#include <opencv2/dnn.hpp>
#include <stdexcept>

#include "catdog/model/output_check.h"
#include "inference/onnx_header.h"
#include "inference/signature_check.h"

namespace catdog {
namespace {

constexpr int kTrialBatch = 2;  // more than one: the batch must really be free

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

}  // namespace

Network::Network(const ModelBundle& bundle) {
  check_signature(bundle);
  const ModelCard& card = bundle.card;
  const auto refuse = [&](const std::string& problem) {
    throw std::runtime_error(bundle.onnx_file.string() + ": " + problem);
  };
  const std::size_t values = std::size_t{3} * card.size * card.size;
  std::vector<float> trial(kTrialBatch * values);
  for (std::size_t i = 0; i < trial.size(); ++i) trial[i] = static_cast<float>(i % 251) / 250.0f;
  NetworkOutput found;
  try {
    const auto onnx = with_wide_weights({bundle.onnx.data(), bundle.onnx.size()});
    cv::dnn::Net net = cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(onnx.data()), onnx.size());
    net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    engine_.reset(new Engine{net, card.input, card.probabilities, card.presence, card.class_activation, card.size,
                             static_cast<int>(card.labels.size())});
    found = run(trial, kTrialBatch);
  } catch (const cv::Exception& failure) {
    refuse("expected a network that OpenCV " CV_VERSION " can execute, found " +
           (failure.err.empty() ? failure.what() : failure.err));
  }
  for (std::size_t photo = 0; photo < kTrialBatch; ++photo) {
    const std::string problem = problem_with_outputs(found.probabilities.data() + photo * card.labels.size(),
                                                     card.labels.size(), found.presence[photo]);
    if (!problem.empty()) refuse(problem);
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

network::ActivationMap Network::map(std::vector<float>& tensor) {
  const cv::Mat found = engine_->forward(tensor, 1, {engine_->map})[0];
  if (found.dims != 4)
    throw std::runtime_error("expected a map of four dimensions, found " + std::to_string(found.dims));
  network::ActivationMap map;
  map.height = found.size[2], map.width = found.size[3];
  const std::size_t places = static_cast<std::size_t>(map.width) * map.height;
  map.values = values_of(found, places * engine_->labels, engine_->map, 1);
  return map;
}

}  // namespace catdog
