// Pipeline 2: from a feature store to a trained network and its model bundle.
#pragma once

#include "training/train_options.h"

namespace catdog {

// Writes into options.out: epochs.csv, last.pt and best.pt (checkpoints), metrics.json, model/ (the bundle).
// Throws std::runtime_error; what earlier epochs wrote stays whole.
void train(const TrainOptions& options);

}  // namespace catdog
