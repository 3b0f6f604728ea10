#include "catdog/model/class_activation.h"

#include <algorithm>
#include <cmath>

namespace catdog {

std::vector<float> class_activation(const network::ActivationMap& map, int class_id) {
  if (map.width < 1 || map.height < 1 || class_id < 0) return {};
  const std::size_t places = static_cast<std::size_t>(map.width) * map.height;
  const std::size_t classes = map.values.size() / places, own = static_cast<std::size_t>(class_id);
  if (own >= classes) return {};
  std::vector<float> found(places);
  for (std::size_t i = 0; i < places; ++i) {
    float others = 0;
    for (std::size_t c = 0; c < classes; ++c) {
      if (c != own) others += map.values[c * places + i];
    }
    const float difference =
        map.values[own * places + i] - others / static_cast<float>(std::max<std::size_t>(classes - 1, 1));
    found[i] = std::isfinite(difference) ? std::max(0.0f, difference) : 0.0f;
  }
  const float greatest = *std::max_element(found.begin(), found.end());
  if (greatest > 0) {
    for (float& value : found) value /= greatest;
  }
  return found;
}

}  // namespace catdog
