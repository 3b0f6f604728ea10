#include "inference/engine.h"

#include <stdexcept>

#include "catdog/model/output_check.h"
#include "inference/opencv_engine.h"

namespace catdog {
namespace {

class CoreEngine : public Engine {
 public:
  explicit CoreEngine(std::shared_ptr<const network::Network> network)
      : network_(std::move(network)), workspace_(network_->make_workspace()) {
    if (!workspace_) throw std::runtime_error("expected memory to run the network, found none");
  }
  network::Outputs run(const Image& picture) override { return checked(network_->run(picture, *workspace_)); }
  network::ActivationMap class_activation(const Image& picture) override {
    return checked(network_->class_activation(picture, *workspace_));
  }

 private:
  template <class T>
  static T checked(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return std::move(*result);
  }
  std::shared_ptr<const network::Network> network_;
  network::Network::WorkspacePointer workspace_;
};

}  // namespace

EnginePool::EnginePool(const ModelBundle& bundle, network::Precision precision) {
  const auto refuse = [&](const std::string& problem) {
    throw std::runtime_error(bundle.onnx_file.string() + ": " + problem);
  };
  auto loaded = network::Network::load({bundle.onnx.data(), bundle.onnx.size()}, signature_of(bundle.card), precision);
  if (loaded) {
    name_ = loaded->precision() == network::Precision::kInt16 ? "int16" : "float32";
    make_ = [network = std::make_shared<const network::Network>(std::move(*loaded))] {
      return std::make_unique<CoreEngine>(network);
    };
  } else {
    if (loaded.error().problem != Problem::kNeedsPlatform || precision == network::Precision::kInt16) {
      refuse(loaded.error().message);
    }
    name_ = opencv_engine_name();
    why_another_ = loaded.error().message;
    make_ = [&bundle] { return make_opencv_engine(bundle); };
  }
  try {
    try_once(bundle.card);
  } catch (const std::exception& failure) {
    refuse(failure.what());
  }
}

// A network that gives no probabilities at all is refused before the first photo.
void EnginePool::try_once(const ModelCard& card) {
  const Image picture = trial_picture(card.size);
  if (!picture.pixels) throw std::runtime_error("expected memory to try the network, found none");
  const network::Outputs found = run(picture);
  const std::string problem = problem_with_outputs(found.probabilities.data(), card.labels.size(), found.presence);
  if (!problem.empty()) throw std::runtime_error(problem);
}

std::unique_ptr<Engine> EnginePool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Engine> engine = std::move(idle_.back());
      idle_.pop_back();
      return engine;
    }
  }
  return make_();
}

}  // namespace catdog
