// One network of several: the mean of the weights of trainings that started from the same pretrained network.
#pragma once

#include <filesystem>
#include <vector>

#include "training/train_options.h"

namespace catdog {

// Trainings that start from the same pretrained weights stay so near each other that the mean of what they learned is
// a network too, often a better one than each, for the price of one (Wortsman et al. 2022, "Model soups").
//
// `runs`: folders of finished trainings, two or more. Their averaged weights are taken from last.pt. Of `options` count
// the photos (features, other, exclude: as the trainings had them), the folder `out`, and what add_result_options
// knows; the rest is the trainings' own. Writes into `out` what the end of a training does: see write_result. Throws
// std::runtime_error where the trainings do not fit together or the photos are others.
void average(const std::vector<std::filesystem::path>& runs, TrainOptions options);

}  // namespace catdog
