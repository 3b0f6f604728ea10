#include "training/data/predict_store.h"

#include "support/interrupt.h"
#include "support/ordered_parallel.h"

namespace catdog {
namespace {

void append_presence(const TorchOutputs& outputs, std::vector<float>& presence) {
  if (!outputs.presence.defined()) return;
  const torch::Tensor said = torch::sigmoid(outputs.presence).cpu().contiguous();
  presence.insert(presence.end(), said.data_ptr<float>(), said.data_ptr<float>() + said.numel());
}

}  // namespace

void for_each_output(TorchNetwork& network, const torch::Device& device, const FeatureStore& store,
                     const std::vector<std::size_t>& rows, int size,
                     const std::function<void(const Batch&, const TorchOutputs&)>& take) {
  const torch::NoGradGuard no_grad;
  constexpr int kBatch = 64;
  constexpr std::size_t kAhead = 4;
  ordered_parallel(
      batch_count(rows.size(), kBatch), 1, kAhead,
      [&](std::size_t i) { return plain_batch(store, batch_of(rows, kBatch, i), size); },
      [&](std::size_t, const Batch& batch) {
        check_interrupt();
        take(batch, network.forward(batch.photos.to(device)));
      });
}

Evaluation evaluate(TorchNetwork& network, const torch::Device& device, const FeatureStore& store,
                    const std::vector<std::size_t>& rows, int size) {
  network.eval();
  Evaluation said{MetricsCollector(network.spec().classes), {}};
  for_each_output(network, device, store, rows, size, [&](const Batch& batch, const TorchOutputs& outputs) {
    add_predictions(outputs.logits, batch.labels, said.classes);
    append_presence(outputs, said.presence);
  });
  return said;
}

NegativeEvaluation evaluate_negatives(TorchNetwork& network, const torch::Device& device, const FeatureStore& store,
                                      const std::vector<std::size_t>& rows, int size) {
  network.eval();
  NegativeEvaluation said;
  for_each_output(network, device, store, rows, size, [&](const Batch&, const TorchOutputs& outputs) {
    append_presence(outputs, said.presence);
    const torch::Tensor highest = torch::softmax(outputs.logits, 1).amax(1).cpu().contiguous();
    said.confidence.insert(said.confidence.end(), highest.data_ptr<float>(),
                           highest.data_ptr<float>() + highest.numel());
  });
  return said;
}

void add_predictions(const torch::Tensor& logits, const torch::Tensor& labels, MetricsCollector& seen) {
  const torch::Tensor probabilities = torch::softmax(logits.detach(), 1).cpu().contiguous();
  const auto* label = labels.data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < probabilities.size(0); ++i) {
    seen.add(static_cast<int>(label[i]), probabilities.data_ptr<float>() + i * probabilities.size(1));
  }
}

}  // namespace catdog
