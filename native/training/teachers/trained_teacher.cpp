#include "training/teachers/trained_teacher.h"

#include <algorithm>
#include <cmath>

#include "training/teachers/trained_network.h"

namespace catdog {

TrainedTeacher::TrainedTeacher(const std::filesystem::path& run, const TrainingData& data, int pretrained_head,
                               const torch::Device& device)
    : device_(device) {
  const TrainedNetwork trained = read_trained(run / "last.pt");
  expect_same_photos(run, trained, data);
  NetworkSpec spec = trained.network.spec;
  spec.margin = 0;  // it is asked about the crops that the other network sees
  keeps_pretrained_ =
      spec.pretrained_head != NetworkSpec::kNone && spec.layers[spec.pretrained_head].out == pretrained_head;
  zoom_ = static_cast<double>(trained.size) / data.options().size;
  network_ = std::make_unique<TorchNetwork>(spec);
  set_weights(*network_, trained.network.weights);
  network_->to(device_);
  network_->eval();
}

SoftTargets TrainedTeacher::targets_for(const Batch& batch) {
  const torch::NoGradGuard no_grad;
  std::int64_t side = batch.photos.size(3);
  if (zoom_ != 1) {
    const auto steps = std::lround(static_cast<double>(side) * zoom_ / kCropStep);
    side = std::max<std::int64_t>(steps * kCropStep, least_size(network_->spec()));
  }
  torch::Tensor photos = batch.photos.to(device_);
  if (side != photos.size(3)) {
    photos = torch::upsample_bilinear2d(photos, {side, side}, /*align_corners=*/false);
  }
  const TorchOutputs outputs = network_->forward(photos);
  SoftTargets targets;
  targets.classes = torch::softmax(outputs.logits, 1);
  if (outputs.presence.defined()) targets.presence = torch::sigmoid(outputs.presence).squeeze(1);
  if (keeps_pretrained_) targets.pretrained_head = torch::softmax(outputs.pretrained_head, 1);
  return targets;
}

}  // namespace catdog
