// A model bundle with a tiny network of random weights: whatever reads bundles can be tested without training.
// It is made with ONNX's own classes, not with the project's writer.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace catdog {

struct TestBundle {
  std::filesystem::path out;
  std::vector<std::string> labels = {"Cat", "Dog"};
  int size = 32;
  unsigned seed = 1;
  bool fixed_batch = false;  // a defect: the network takes one photo at a time
  bool half = false;         // weights are stored in half precision
  bool presence =
      false;  // it also tells whether any of the labels is in the picture, and where: "presence", "class_activation"
  bool foreign = false;     // one of its operators is not the core's; it computes the same
  bool no_softmax = false;  // a defect: the output is no probabilities
  // Defects that only white photos show (the trial at loading is grey): NaN, or probabilities whose sum is 1.4.
  bool nan_for_white = false, sum_for_white = false;
};

void write_test_bundle(const TestBundle& options);

}  // namespace catdog
