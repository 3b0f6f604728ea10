// A bundle's network for many threads at once.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "inference/network.h"

namespace catdog {

// One network for each thread that asks, made when it first asks. `bundle` must outlive the pool.
class NetworkPool {
  // What use(network) gives, with a network of one's own for the while.
  template <typename Use>
  auto with(Use use) {
    std::unique_ptr<Network> network = take();
    auto output = use(*network);
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(network));
    return output;
  }

 public:
  explicit NetworkPool(const ModelBundle& bundle) : bundle_(bundle) {
    idle_.push_back(std::make_unique<Network>(bundle));
  }

  // As Network::run.
  NetworkOutput run(std::vector<float>& tensors, int count) {
    return with([&](Network& network) { return network.run(tensors, count); });
  }

  // As Network::map.
  network::ActivationMap map(std::vector<float>& tensor) {
    return with([&](Network& network) { return network.map(tensor); });
  }

 private:
  std::unique_ptr<Network> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<Network> network = std::move(idle_.back());
        idle_.pop_back();
        return network;
      }
    }
    return std::make_unique<Network>(bundle_);
  }

  const ModelBundle& bundle_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Network>> idle_;
};

}  // namespace catdog
