// What a pretrained network says of the photos before it learns anything new. A network that goes on saying it keeps
// what it knows of the world (Li & Hoiem 2016, "Learning without forgetting").
#pragma once

#include <filesystem>
#include <string>

#include "training/data/training_data.h"
#include "training/distributed/distributed.h"
#include "training/network/torch_network.h"
#include "training/teachers/teacher.h"

namespace catdog {

class LwfTeacher : public Teacher {
 public:
  // Asks `network` about every photo to train on, or reads what it said from `cache`, which is written where it is not
  // there or belongs to other photos or weights. `classes`: a JSON file that says which of the pretrained classes
  // belong to which label, {"Cat": ["281-285"], "Dog": ["151-268"]}; empty: nothing is known. `ranks`: the processes
  // that train together, which ask about a part each; null: there is one. Throws std::runtime_error where that file
  // does not fit the labels or the network.
  LwfTeacher(TorchNetwork& network, const torch::Device& device, const TrainingData& data,
             const std::filesystem::path& classes, const std::filesystem::path& cache,
             const std::string& weights_digest, ProcessGroup* ranks = nullptr);

  // Of the stored pictures, whatever crops the batch has. Presence: the sum over the pretrained classes that belong to
  // any label.
  SoftTargets targets_for(const Batch& batch) override;

 private:
  bool read_cache(const std::filesystem::path& cache, const std::string& key);

  torch::Tensor said_;     // half precision, by row of the store
  torch::Tensor members_;  // indices of the pretrained classes that belong to any label
};

}  // namespace catdog
