#include "catdog/model/prediction.h"

#include <algorithm>
#include <iterator>

namespace catdog {

Prediction predict(const float* probabilities, int count, float presence, const Thresholds& thresholds) {
  Prediction prediction;
  prediction.probabilities.assign(probabilities, probabilities + count);
  const auto best = std::max_element(prediction.probabilities.begin(), prediction.probabilities.end());
  prediction.class_id = static_cast<int>(best - prediction.probabilities.begin());
  prediction.confidence = *best;
  prediction.decision = decide(prediction.confidence, presence, thresholds);
  return prediction;
}

Decision decide(float confidence, float presence, const Thresholds& thresholds) {
  if (presence < thresholds.presence) return Decision::kNone;
  return confidence < thresholds.confidence ? Decision::kUncertain : Decision::kClass;
}

bool is_decision_word(std::string_view word) {
  constexpr std::string_view kWords[] = {kNone, kUncertain};
  return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

std::string decision_name(const Prediction& prediction, const std::vector<std::string>& labels) {
  switch (prediction.decision) {
    case Decision::kUncertain: return kUncertain;
    case Decision::kNone: return kNone;
    case Decision::kClass: break;
  }
  return labels[static_cast<std::size_t>(prediction.class_id)];
}

}  // namespace catdog
