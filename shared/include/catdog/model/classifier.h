// One call from a photo's bytes to what its row says.
#pragma once

#include <string>
#include <vector>

#include "catdog/model/card.h"
#include "catdog/network/network.h"
#include "catdog/photo/preprocess.h"

namespace catdog {

struct Classified {
  network::Outputs outputs;  // checked: probabilities that add up to 1
  Preprocessed photo;        // its picture is what the network saw
};

// Where in the photo the signs of a class are.
struct ClassActivation {
  int width = 0, height = 0;
  std::vector<float> values;  // 0 to 1, row by row
};

// A bundle's network with the memory of one run: for one thread at a time.
class Classifier {
 public:
  // As network::Network::load; the network is also tried on one picture.
  static Result<Classifier> load(Bytes onnx, const ModelCard& card,
                                 network::Precision precision = network::Precision::kBest);

  // Any bytes. See preprocess() for photos that the platform must decode: then classify_rgba.
  Result<Classified> classify(Bytes file);
  Result<Classified> classify_rgba(const std::uint8_t* rgba, int width, int height, Format format, ToSrgb to_srgb = {});

  // Only for a network that tells. `class_id`: of the card's labels.
  Result<ClassActivation> explain(const Image& picture, int class_id);

  network::Precision precision() const { return network_.precision(); }
  int size() const { return size_; }

 private:
  Classifier(network::Network network, network::Network::WorkspacePointer workspace, int size)
      : network_(std::move(network)), workspace_(std::move(workspace)), size_(size) {}
  Result<Classified> finish(Result<Preprocessed> photo);

  network::Network network_;
  network::Network::WorkspacePointer workspace_;
  int size_;
};

}  // namespace catdog
