// Executes a bundle's network with OpenCV's dnn module.
#pragma once

#include <memory>
#include <vector>

#include "model/bundle.h"

namespace catdog {

// What a network says of one photo after the other.
struct NetworkOutput {
  std::vector<float> probabilities;  // one for each photo and label
  std::vector<float> presence;       // one for each photo; kSurelyPresent where the network does not tell
};

// For one thread at a time.
class Network {
 public:
  // Tries it once. Throws std::runtime_error where its inputs and outputs are not those of the card, where OpenCV
  // cannot execute it, or where what comes out is not one probability for each label.
  explicit Network(const ModelBundle& bundle);
  ~Network();

  // `tensors`: `count` times 3 × size × size values, see to_tensor.
  // A photo's output does not depend on what else is in the batch. What it is is for the caller to check
  // (catdog/model/output_check.h).
  NetworkOutput run(std::vector<float>& tensors, int count);

  // Of one photo. Only for bundles with a map.
  network::ActivationMap map(std::vector<float>& tensor);

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace catdog
