#include "catdog/model/classifier.h"

#include <utility>

#include "catdog/model/class_activation.h"
#include "catdog/model/output_check.h"

namespace catdog {

Result<Classifier> Classifier::load(Bytes onnx, const ModelCard& card, network::Precision precision) {
  const auto placed = [&](Error error) {
    error.message = card.onnx.name + ": " + error.message;
    return error;
  };
  auto network = network::Network::load(onnx, signature_of(card), precision);
  if (!network) return placed(network.error());
  auto workspace = network->make_workspace();
  Preprocessed trial;
  trial.picture = trial_picture(card.size);
  if (!workspace || !trial.picture.pixels) {
    return placed({Problem::kNoMemory, "expected memory to run the network, found none"});
  }
  Classifier classifier(std::move(*network), std::move(workspace), card.size);
  if (const auto found = classifier.finish(std::move(trial)); !found) return placed(found.error());
  return classifier;
}

Result<Classified> Classifier::classify(Bytes file) { return finish(preprocess(file, size_)); }

Result<Classified> Classifier::classify_rgba(const std::uint8_t* rgba, int width, int height, Format format,
                                             ToSrgb to_srgb) {
  return finish(preprocess_rgba(rgba, width, height, format, size_, std::move(to_srgb)));
}

Result<Classified> Classifier::finish(Result<Preprocessed> photo) {
  if (!photo) return photo.error();
  auto outputs = network_.run(photo->picture, *workspace_);
  if (!outputs) return outputs.error();
  const std::string problem =
      problem_with_outputs(outputs->probabilities.data(), outputs->probabilities.size(), outputs->presence);
  if (!problem.empty()) return Error{Problem::kCorrupt, problem};
  return Classified{std::move(*outputs), std::move(*photo)};
}

Result<ClassActivation> Classifier::explain(const Image& picture, int class_id) {
  const auto map = network_.class_activation(picture, *workspace_);
  if (!map) return map.error();
  return ClassActivation{map->width, map->height, class_activation(*map, class_id)};
}

}  // namespace catdog
