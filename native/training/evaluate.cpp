#include "training/evaluate.h"

#include "support/interrupt.h"
#include "support/ordered_parallel.h"

namespace catdog {
namespace {

void append_presence(const Answers& answers, std::vector<float>& presence) {
  if (!answers.presence.defined()) return;
  const torch::Tensor said = torch::sigmoid(answers.presence).cpu().contiguous();
  presence.insert(presence.end(), said.data_ptr<float>(), said.data_ptr<float>() + said.numel());
}

}  // namespace

void for_each_answer(TorchNetwork& network, const torch::Device& device, const FeatureStore& store,
                     const std::vector<std::size_t>& rows, int size,
                     const std::function<void(const Batch&, const Answers&)>& take) {
  const torch::NoGradGuard no_grad;
  constexpr int kBatch = 64;
  constexpr std::size_t kAhead = 4;
  ordered_parallel(
      batch_count(rows.size(), kBatch), 1, kAhead,
      [&](std::size_t i) { return plain_batch(store, batch_of(rows, kBatch, i), size); },
      [&](std::size_t, const Batch& batch) {
        check_interrupt();
        take(batch, network.answer(batch.photos.to(device)));
      });
}

Evaluation evaluate(TorchNetwork& network, const torch::Device& device, const FeatureStore& store,
                    const std::vector<std::size_t>& rows, int size) {
  network.eval();
  Evaluation said{MetricsCollector(network.spec().classes), {}};
  for_each_answer(network, device, store, rows, size, [&](const Batch& batch, const Answers& answers) {
    add_predictions(answers.logits, batch.labels, said.classes);
    append_presence(answers, said.presence);
  });
  return said;
}

NegativeEvaluation evaluate_negatives(TorchNetwork& network, const torch::Device& device, const FeatureStore& store,
                                      const std::vector<std::size_t>& rows, int size) {
  network.eval();
  NegativeEvaluation said;
  for_each_answer(network, device, store, rows, size, [&](const Batch&, const Answers& answers) {
    append_presence(answers, said.presence);
    const torch::Tensor highest = torch::softmax(answers.logits, 1).amax(1).cpu().contiguous();
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
