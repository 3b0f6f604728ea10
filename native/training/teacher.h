// Who tells a network more about a photo than its label does.
#pragma once

#include "training/batches.h"

namespace catdog {

// Probabilities for the photos of a batch, in its order; what is not known is undefined.
struct Lesson {
  torch::Tensor classes;   // N×classes
  torch::Tensor presence;  // N: that any of the classes is in the picture
  torch::Tensor taught;    // N×classes that a pretrained network was taught first
};

class Teacher {
 public:
  virtual ~Teacher() = default;
  virtual Lesson about(const Batch& batch) = 0;
};

}  // namespace catdog
