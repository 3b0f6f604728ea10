// From a network's probabilities to a decision.
#pragma once

#include <string>
#include <vector>

namespace catdog {

struct Thresholds {
  float confidence = 0;  // a class is decided on from this probability upwards; below it: kUnsure
};

inline constexpr const char* kUnsure = "unsure";

struct Prediction {
  int class_id = 0;                  // the most probable class; of equals the first
  float confidence = 0;              // its probability
  std::vector<float> probabilities;  // one for each class
  bool decided = false;              // false: the decision is kUnsure
};

// `probabilities`: `count` ≥ 1 values in [0, 1], the network's softmax output.
Prediction predict(const float* probabilities, int count, const Thresholds& thresholds);

}  // namespace catdog
