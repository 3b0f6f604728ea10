// What a pretrained network says of the photos before it learns anything new. A network that goes on saying it keeps
// what it knows of the world (Li & Hoiem 2016, "Learning without forgetting").
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "training/distributed.h"
#include "training/torch_network.h"
#include "training/training_data.h"

namespace catdog {

class Teacher {
 public:
  // Asks `network` about every photo to train on, or reads what it said from `cache`, which is written where it is not
  // there or belongs to other photos or weights. `classes`: a JSON file that says which of the taught classes belong to
  // which label, {"Cat": ["281-285"], "Dog": ["151-268"]}; empty: nothing is known.
  // `ranks`: the processes that train together, which ask about a part each; null: there is one.
  // Throws std::runtime_error where that file does not fit the labels or the network.
  Teacher(TorchNetwork& network, const torch::Device& device, const TrainingData& data,
          const std::filesystem::path& classes, const std::filesystem::path& cache, const std::string& weights_digest,
          Ranks* ranks = nullptr);

  // Probabilities of the taught classes, for the photos of a batch in its order: N×classes.
  torch::Tensor taught(const Batch& batch) const;
  // The sum over the classes that belong to any label: the probability that one of them is in the picture. Undefined
  // where `classes` was empty.
  torch::Tensor presence(const torch::Tensor& taught) const;

 private:
  bool read_cache(const std::filesystem::path& cache, const std::string& key, bool with_others);

  torch::Tensor labelled_, other_;  // half precision, by row of the store
  torch::Tensor members_;           // indices of the taught classes that belong to any label
};

}  // namespace catdog
