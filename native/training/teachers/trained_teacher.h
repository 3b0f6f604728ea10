// Knowledge distillation (Hinton et al. 2015): a network that has been trained, usually a larger one, is asked about
// the very crops that the other network learns from (Beyer et al. 2022, "A good teacher is patient and consistent").
#pragma once

#include <filesystem>
#include <memory>

#include "training/data/training_data.h"
#include "training/network/torch_network.h"
#include "training/teachers/teacher.h"

namespace catdog {

class TrainedTeacher : public Teacher {
 public:
  // `run`: the folder of a training, whose last checkpoint's averaged weights are used.
  // `pretrained_head`: classes of the learning network's; a teacher with another such head keeps that to itself.
  // Throws std::runtime_error where the checkpoint cannot be read, or belongs to another data set or split: a teacher
  // must not have learned from photos that are held out now.
  TrainedTeacher(const std::filesystem::path& run, const TrainingData& data, int pretrained_head,
                 const torch::Device& device);

  SoftTargets targets_for(const Batch& batch) override;

 private:
  std::unique_ptr<TorchNetwork> network_;
  torch::Device device_;
  double zoom_;  // from crops of the learning network to those in which things look as large as the teacher is used to
  bool keeps_pretrained_ = false;
};

}  // namespace catdog
