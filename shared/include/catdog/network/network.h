// A convolutional classifier, read from an ONNX file and run on one photo after the other: the same bits on every
// processor and in WebAssembly.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "catdog/bytes.h"
#include "catdog/photo/image.h"
#include "catdog/result.h"

namespace catdog::network {

// What a network must have: its tensors' names and shapes, as model.json states them.
struct Signature {
  std::string input;          // N×3×size×size, float, RGB in [0, 1]
  int size = 0;               // pixels a side
  std::string probabilities;  // N×classes, softmax inside
  int classes = 0;
  std::string presence;          // N×1: the probability that any of the classes is in the photo; empty: none
  std::string class_activation;  // N×classes×h×w: what each place adds to the classes' logits; empty: none
};

enum class Precision {
  kBest,     // int16 where the file states the tensors' ranges, else float32
  kFloat32,  // runs every network that the core knows
  kInt16,    // fixed point with exact 32-bit sums; an error where the file does not state ranges
};

// What a network says of one photo.
struct Outputs {
  std::vector<float> probabilities;  // one for each class
  float presence = 1;                // 1 where the network does not say
};

// A class-activation map (Zhou et al. 2016, "Learning deep features for discriminative localization"): what each place
// of a photo adds to each class's logit.
struct ActivationMap {
  int width = 0, height = 0;
  std::vector<float> values;  // class, row, column
};

// The greatest magnitude that a tensor reached on sample photos.
struct Range {
  std::string tensor;
  float greatest = 0;
};

// The ONNX metadata entry in which ranges stand: "NAME VALUE" lines.
inline constexpr const char* kRangesKey = "catdog.activation_ranges";
std::string ranges_text(const std::vector<Range>& ranges);

// Immutable once loaded, so that threads can share it; each brings a workspace of its own.
class Network {
 public:
  // The memory of a run.
  class Workspace;
  struct WorkspaceDeleter {
    void operator()(Workspace* workspace) const;
  };
  using WorkspacePointer = std::unique_ptr<Workspace, WorkspaceDeleter>;

  // Problem::kNeedsPlatform: a sound ONNX file with something that this engine does not run (the message names node and
  // operator); another engine may. Any other problem: the file must not be given to any engine.
  // Nothing of `onnx` is referred to afterwards.
  static Result<Network> load(Bytes onnx, const Signature& signature, Precision precision = Precision::kBest);

  Network(Network&&) noexcept;
  Network& operator=(Network&&) noexcept;
  ~Network();

  Precision precision() const;  // kFloat32 or kInt16

  // Null where the memory cannot be had.
  WorkspacePointer make_workspace() const;

  // `picture`: size × size.
  Result<Outputs> run(const Image& picture, Workspace& workspace) const;
  // Only for a network with that output.
  Result<ActivationMap> class_activation(const Image& picture, Workspace& workspace) const;

  // Widens `ranges` (empty at first) by what the picture makes of each tensor whose range int16 needs. float32 only.
  Result<bool> observe(const Image& picture, Workspace& workspace, std::vector<Range>& ranges) const;

 private:
  struct Plan;
  explicit Network(std::unique_ptr<const Plan> plan);
  std::unique_ptr<const Plan> plan_;
};

}  // namespace catdog::network
