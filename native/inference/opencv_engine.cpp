#include "inference/opencv_engine.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>
#include <stdexcept>

#include "catdog/photo/preprocess.h"
#include "inference/wide_weights.h"

namespace catdog {
namespace {

// Copies a tensor that must have so many values.
std::vector<float> values_of(const cv::Mat& tensor, std::size_t expected, const std::string& name) {
  if (tensor.type() != CV_32F || tensor.total() != expected || !tensor.isContinuous()) {
    throw std::runtime_error("expected " + std::to_string(expected) + " values of '" + name + "', found " +
                             std::to_string(tensor.total()));
  }
  return {tensor.ptr<float>(), tensor.ptr<float>() + expected};
}

class OpencvEngine : public Engine {
 public:
  explicit OpencvEngine(const ModelBundle& bundle) : card_(bundle.card) {
    try {
      cv::setNumThreads(1);  // every thread has an engine of its own
      // OpenCV's softmax makes even probabilities of what is no number, so what it reads is looked at too.
      logits_ = source_of({bundle.onnx.data(), bundle.onnx.size()}, card_.probabilities);
      const auto onnx = with_wide_weights({bundle.onnx.data(), bundle.onnx.size()}, logits_);
      net_ = cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(onnx.data()), onnx.size());
      net_.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
      net_.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    } catch (const cv::Exception& failure) {
      throw unable(failure);
    }
  }

  network::Outputs run(const Image& picture) override {
    std::vector<cv::String> names = {card_.probabilities};
    if (!card_.presence.empty()) names.push_back(card_.presence);
    if (!logits_.empty()) names.push_back(logits_);
    const auto found = forward(picture, names);
    network::Outputs outputs;
    outputs.probabilities = values_of(found[0], card_.labels.size(), names[0]);
    if (!logits_.empty() && !cv::checkRange(found.back()))
      std::fill_n(outputs.probabilities.begin(), card_.labels.size(), NAN);
    if (!card_.presence.empty()) outputs.presence = values_of(found[1], 1, names[1])[0];
    return outputs;
  }

  network::ActivationMap class_activation(const Image& picture) override {
    const cv::Mat found = forward(picture, {card_.class_activation})[0];
    if (found.dims != 4)
      throw std::runtime_error("expected a map of four dimensions, found " + std::to_string(found.dims));
    network::ActivationMap map;
    map.height = found.size[2], map.width = found.size[3];
    const std::size_t places = static_cast<std::size_t>(map.width) * map.height;
    map.values = values_of(found, places * card_.labels.size(), card_.class_activation);
    return map;
  }

 private:
  static std::runtime_error unable(const cv::Exception& failure) {
    return std::runtime_error("expected a network that OpenCV " CV_VERSION " can execute, found " +
                              (failure.err.empty() ? failure.what() : failure.err));
  }

  std::vector<cv::Mat> forward(const Image& picture, const std::vector<cv::String>& names) {
    tensor_.resize(std::size_t{3} * card_.size * card_.size);
    to_tensor(picture, tensor_.data());
    const int shape[] = {1, 3, card_.size, card_.size};
    try {
      net_.setInput(cv::Mat(4, shape, CV_32F, tensor_.data()), card_.input);
      std::vector<cv::Mat> found;
      net_.forward(found, names);
      return found;
    } catch (const cv::Exception& failure) {
      throw unable(failure);
    }
  }

  const ModelCard& card_;
  cv::dnn::Net net_;
  std::string logits_;  // empty: not known
  std::vector<float> tensor_;
};

}  // namespace

std::string opencv_engine_name() { return "OpenCV " CV_VERSION; }

std::unique_ptr<Engine> make_opencv_engine(const ModelBundle& bundle) { return std::make_unique<OpencvEngine>(bundle); }

}  // namespace catdog
