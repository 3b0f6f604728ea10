// What runs a bundle's network: the core's engine, or OpenCV's for a network that the core does not run.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "catdog/network/network.h"
#include "model/bundle.h"

namespace catdog {

// The precisions that a person can ask for, by name.
inline std::map<std::string, network::Precision> precisions() {
  return {{"float32", network::Precision::kFloat32}, {"int16", network::Precision::kInt16}};
}

// For one thread at a time. Both functions throw std::runtime_error where the engine fails.
class Engine {
 public:
  virtual ~Engine() = default;
  // `picture`: size × size, see preprocess(). What comes out is for the caller to check (problem_with_outputs).
  virtual network::Outputs run(const Image& picture) = 0;
  // Only for bundles with that output.
  virtual network::ActivationMap class_activation(const Image& picture) = 0;
};

// Engines for many threads at once: each gets one of its own, made when it first asks; they share the weights.
class EnginePool {
  // What use(engine) gives, with an engine of one's own for the while.
  template <typename Use>
  auto with(Use use) {
    std::unique_ptr<Engine> engine = take();
    auto output = use(*engine);
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(engine));
    return output;
  }

 public:
  // Throws std::runtime_error where the file must not be run (see network::Network::load), where no engine runs it,
  // where it does not have the precision, or where what comes out of a trial are no probabilities. `bundle` must
  // outlive the pool.
  explicit EnginePool(const ModelBundle& bundle, network::Precision precision = network::Precision::kBest);

  network::Outputs run(const Image& picture) {
    return with([&](Engine& engine) { return engine.run(picture); });
  }
  network::ActivationMap class_activation(const Image& picture) {
    return with([&](Engine& engine) { return engine.class_activation(picture); });
  }

  // "int16", "float32", or the name of another engine.
  const std::string& name() const { return name_; }
  // Why another engine than the core's runs the network; empty where none does.
  const std::string& why_another() const { return why_another_; }

 private:
  void try_once(const ModelCard& card);
  std::unique_ptr<Engine> take();

  std::function<std::unique_ptr<Engine>()> make_;
  std::string name_, why_another_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Engine>> idle_;
};

}  // namespace catdog
