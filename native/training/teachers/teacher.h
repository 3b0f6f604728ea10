// Who tells a network more about a photo than its label does.
#pragma once

#include "training/data/batches.h"

namespace catdog {

// Probabilities for the photos of a batch, in its order; what is not known is undefined.
struct SoftTargets {
  torch::Tensor classes;          // N×classes
  torch::Tensor presence;         // N: that any of the classes is in the picture
  torch::Tensor pretrained_head;  // N×classes of the pretrained network
};

class Teacher {
 public:
  virtual ~Teacher() = default;
  virtual SoftTargets targets_for(const Batch& batch) = 0;
};

}  // namespace catdog
