#include "training/trained_teacher.h"

#include <algorithm>
#include <cmath>

#include "training/trained_network.h"

namespace catdog {

TrainedTeacher::TrainedTeacher(const std::filesystem::path& run, const TrainingData& data, int taught,
                               const torch::Device& device)
    : device_(device) {
  const TrainedNetwork trained = read_trained(run / "last.pt");
  expect_same_photos(run, trained, data);
  NetworkSpec spec = trained.network.spec;
  spec.margin = 0;  // it is asked about the crops that the other network sees
  taught_ = spec.taught != NetworkSpec::kNone && spec.layers[spec.taught].out == taught;
  zoom_ = static_cast<double>(trained.size) / data.options().size;
  network_ = std::make_unique<TorchNetwork>(spec);
  set_weights(*network_, trained.network.weights);
  network_->to(device_);
  network_->eval();
}

Lesson TrainedTeacher::about(const Batch& batch) {
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
  const Answers answers = network_->answer(photos);
  Lesson lesson;
  lesson.classes = torch::softmax(answers.logits, 1);
  if (answers.presence.defined()) lesson.presence = torch::sigmoid(answers.presence).squeeze(1);
  if (taught_) lesson.taught = torch::softmax(answers.taught, 1);
  return lesson;
}

}  // namespace catdog
