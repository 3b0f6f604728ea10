// Executes a bundle's network with OpenCV's dnn module.
#pragma once

#include <memory>
#include <vector>

#include "inference/model_bundle.h"

namespace catdog {

// For one thread at a time.
class Network {
 public:
  // Tries it once. Throws std::runtime_error where OpenCV cannot execute it, or where what comes out is not one
  // probability for each label.
  explicit Network(const ModelBundle& bundle);
  ~Network();

  // `tensors`: `count` times 3 × size × size values, see to_tensor. Gives `count` times one probability for each label.
  // A photo's probabilities do not depend on what else is in the batch.
  std::vector<float> run(std::vector<float>& tensors, int count);

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace catdog
