// One network of several: the mean of the weights of trainings that started from the same pretrained network.
#pragma once

#include <filesystem>
#include <vector>

#include "training/train_options.h"

namespace catdog {

// Trainings that start from the same pretrained weights stay so near each other that the mean of what they learned is
// a network too, often as good as the best of them or better, for the price of one (Wortsman et al. 2022, "Model
// soups").
//
// `runs`: folders of finished trainings, two or more, whose averaged weights are taken from last.pt. They must have
// started from pretrained weights of the same name, and have the same network, size, margin and photos. Of `options`
// count the photos (features, other, exclude: as the trainings had them), `out` (new or empty), the shares of photos
// that the thresholds leave undecided, threads, tracking, and what is said of licences and data, where what is empty is
// taken from the trainings if they agree. Writes into `out` what the end of a training does, see write_result; the
// bundle lists the trainings under kAveraged: of each the folder's name (run_id), the checkpoint's SHA-256
// (checkpoint), and those options that are not common to all. Throws std::runtime_error where the trainings do not fit
// together or the photos are others.
void average(const std::vector<std::filesystem::path>& runs, TrainOptions options);

}  // namespace catdog
