// Several looks at one photo (test-time augmentation; Krizhevsky et al. 2012, "ImageNet classification with deep
// convolutional neural networks"): where the first one leaves a doubt, what the network says of the photo's mirror
// image and of two overlapping parts of it is averaged with it.
#pragma once

#include <utility>
#include <vector>

#include "catdog/model/prediction.h"
#include "catdog/network/network.h"
#include "catdog/photo/image.h"
#include "catdog/result.h"

namespace catdog {

// Whether more looks might change the decision: class or presence is neither clear nor far below its threshold.
bool is_doubtful(const network::Outputs& first, const Thresholds& thresholds);

// The mirror image, and the upper left and the lower right of the picture, enlarged to its size.
Result<std::vector<Image>> more_looks(const Image& picture);

// The mean of probabilities and of presence. `looks`: at least one, of the same classes.
network::Outputs mean_of(const std::vector<network::Outputs>& looks);

// What a network says of `picture` after as many looks as it takes. run(picture): gives network::Outputs, by value or
// by exception.
template <class Run>
network::Outputs look_closely(const Image& picture, const Thresholds& thresholds, Run run) {
  std::vector<network::Outputs> looks = {run(picture)};
  if (!is_doubtful(looks.front(), thresholds)) return looks.front();
  const auto more = more_looks(picture);
  if (!more) return looks.front();
  for (const Image& look : *more) looks.push_back(run(look));
  return mean_of(looks);
}

}  // namespace catdog
