#include "catdog/prediction.h"

#include <algorithm>

namespace catdog {

Prediction predict(const float* probabilities, int count, const Thresholds& thresholds) {
  Prediction prediction;
  prediction.probabilities.assign(probabilities, probabilities + count);
  const auto best = std::max_element(prediction.probabilities.begin(), prediction.probabilities.end());
  prediction.class_id = static_cast<int>(best - prediction.probabilities.begin());
  prediction.confidence = *best;
  prediction.decided = prediction.confidence >= thresholds.confidence;
  return prediction;
}

}  // namespace catdog
