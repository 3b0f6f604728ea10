// From a network's probabilities to a decision.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace catdog {

struct Thresholds {
  float confidence = 0;  // a class is decided on from this probability upwards; below it: kUncertain
  float presence = 0;    // below this probability that any of the classes is in the picture: kNone
};

enum class Decision { kClass, kUncertain, kNone };

inline constexpr const char* kUncertain = "uncertain";
inline constexpr const char* kNone = "none";

// The words of decisions, today's and those to come ("none", "uncertain"): what no class may be called, as a row's
// decision could not be told from it.
bool is_decision_word(std::string_view word);

struct Prediction {
  int class_id = 0;                  // the most probable class; of equals the first
  float confidence = 0;              // its probability
  std::vector<float> probabilities;  // one for each class
  Decision decision = Decision::kClass;
};

// What a network that does not say it has for "any of the classes is in the picture".
inline constexpr float kSurelyPresent = 1;

// `probabilities`: `count` ≥ 1 values in [0, 1], the network's softmax output. `presence`: in [0, 1], the probability
// that any of the classes is in the picture at all; where it is too low the decision is kNone, however confident.
Prediction predict(const float* probabilities, int count, float presence, const Thresholds& thresholds);

// The decision where the most probable class has this probability.
Decision decide(float confidence, float presence, const Thresholds& thresholds);

// What the decision is called: the class's own label, kUncertain or kNone.
std::string decision_name(const Prediction& prediction, const std::vector<std::string>& labels);

}  // namespace catdog
