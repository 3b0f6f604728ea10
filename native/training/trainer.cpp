#include "training/trainer.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "support/files.h"
#include "support/interrupt.h"
#include "support/ordered_parallel.h"
#include "support/progress.h"
#include "training/batches.h"
#include "training/bundle_writer.h"
#include "training/checkpoint.h"
#include "training/metrics.h"
#include "training/report.h"
#include "training/torch_network.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kDropoutStream = 3;
constexpr std::size_t kBatchesAhead = 6;
constexpr double kGradientNorm = 2.0;  // longer gradients are cut to this length

class Trainer {
 public:
  explicit Trainer(const TrainOptions& options);
  void run();

 private:
  void resume();
  Metrics train_epoch(int epoch);
  void step(const Batch& batch, std::size_t step, MetricsCollector& seen);
  double rate_at(std::size_t step) const;
  MetricsCollector evaluate(const std::vector<std::size_t>& rows);
  void keep(int epoch, const Metrics& trained, const Metrics& validated, double seconds);
  void finish();
  fs::path in_run(const char* name) const { return options_.out / name; }

  TrainOptions options_;
  FeatureStore store_;
  std::vector<std::size_t> train_rows_, validation_rows_;
  torch::Device device_;
  std::shared_ptr<TorchNetwork> network_;
  std::unique_ptr<torch::optim::AdamW> optimizer_;
  std::unique_ptr<WeightAverage> average_;
  TrainingState state_;
  std::size_t steps_per_epoch_;
};

// Weights decay, biases and normalisations do not.
std::vector<torch::optim::OptimizerParamGroup> parameter_groups(const TorchNetwork& network,
                                                                const TrainOptions& options) {
  std::vector<torch::Tensor> decayed, others;
  for (const torch::Tensor& parameter : network.parameters()) {
    (parameter.dim() > 1 ? decayed : others).push_back(parameter);
  }
  const auto group = [&](std::vector<torch::Tensor> tensors, double decay) {
    auto settings = std::make_unique<torch::optim::AdamWOptions>(options.rate);
    settings->weight_decay(decay);
    return torch::optim::OptimizerParamGroup(std::move(tensors), std::move(settings));
  };
  std::vector<torch::optim::OptimizerParamGroup> groups;
  groups.push_back(group(std::move(decayed), options.weight_decay));
  groups.push_back(group(std::move(others), 0));
  return groups;
}

Trainer::Trainer(const TrainOptions& options)
    : options_(options),
      store_(options.features),
      train_rows_(rows_of(store_, Split::kTrain)),
      validation_rows_(rows_of(store_, Split::kValidation)),
      device_(torch::cuda::is_available() ? torch::kCUDA : torch::kCPU) {
  if (train_rows_.empty() || validation_rows_.empty()) {
    throw std::runtime_error(options.features.string() + ": expected photos to train on and to validate with, found " +
                             std::to_string(train_rows_.size()) + " and " + std::to_string(validation_rows_.size()));
  }
  // Sides of crops are a multiple of 8, which vector units like.
  if (options_.crop == 0) options_.crop = std::max(8, store_.size() * 4 / 5 / 8 * 8);
  options_.crop = std::min(options_.crop, store_.size());
  at::set_num_threads(options_.threads);
  torch::manual_seed(options_.seed);
  network_ = std::make_shared<TorchNetwork>(make_network(options_.network, static_cast<int>(store_.classes().size())));
  network_->to(device_);
  optimizer_ = std::make_unique<torch::optim::AdamW>(parameter_groups(*network_, options_),
                                                     torch::optim::AdamWOptions(options_.rate));
  average_ = std::make_unique<WeightAverage>(*network_, options_.average);
  steps_per_epoch_ = batch_count(train_rows_, options_.batch);
  state_.options = binding_options(options_);
  state_.data_digest = store_.digest();
  state_.split_digest = store_.split_digest();
  if (options_.resume) {
    state_ = load_checkpoint(in_run("last.pt"), *network_, *average_, *optimizer_, state_);
  } else if (fs::exists(in_run("last.pt"))) {
    throw std::runtime_error(options_.out.string() + ": expected a new folder (or --resume), found a training");
  }
  fs::create_directories(options_.out);
}

// Rises over the warm-up, then falls along a cosine to zero.
double Trainer::rate_at(std::size_t step) const {
  const double total = static_cast<double>(steps_per_epoch_) * options_.epochs;
  const double warm_up = std::max(1.0, options_.warm_up * static_cast<double>(steps_per_epoch_));
  const double at = static_cast<double>(step);
  return options_.rate * std::min((at + 1) / warm_up, 0.5 * (1 + std::cos(M_PI * at / total)));
}

void Trainer::step(const Batch& batch, std::size_t step, MetricsCollector& seen) {
  for (auto& group : optimizer_->param_groups()) {
    static_cast<torch::optim::AdamWOptions&>(group.options()).lr(rate_at(step));
  }
  const torch::Tensor labels = batch.labels.to(device_);
  const torch::Tensor logits = network_->forward(batch.photos.to(device_));
  const torch::Tensor loss =
      torch::cross_entropy_loss(logits, labels, {}, at::Reduction::Mean, -100, options_.smoothing);
  if (!std::isfinite(loss.item<float>())) {
    throw std::runtime_error("expected a finite loss, found none at step " + std::to_string(step) +
                             "; try a lower --rate");
  }
  optimizer_->zero_grad();
  loss.backward();
  torch::nn::utils::clip_grad_norm_(network_->parameters(), kGradientNorm);
  optimizer_->step();
  average_->update(*network_);
  const torch::Tensor probabilities = torch::softmax(logits.detach(), 1).cpu().contiguous();
  for (std::int64_t i = 0; i < probabilities.size(0); ++i) {
    seen.add(static_cast<int>(batch.labels[i].item<std::int64_t>()),
             probabilities.data_ptr<float>() + i * probabilities.size(1));
  }
}

Metrics Trainer::train_epoch(int epoch) {
  network_->train();
  torch::manual_seed(Random(options_.seed, kDropoutStream, static_cast<std::uint64_t>(epoch)).next());
  const auto order = epoch_order(train_rows_, options_.seed, epoch);
  MetricsCollector seen(static_cast<int>(store_.classes().size()));
  Progress progress("Epoch " + std::to_string(epoch + 1) + " of " + std::to_string(options_.epochs), order.size(),
                    "photos");
  std::size_t done = 0;
  ordered_parallel(
      steps_per_epoch_, options_.threads, kBatchesAhead,
      [&](std::size_t i) {
        const auto rows = batch_rows(order, options_.batch, i);
        return options_.augment ? training_batch(store_, rows, options_.crop, Augmentation{}, options_.seed, epoch)
                                : plain_batch(store_, rows);
      },
      [&](std::size_t i, Batch batch) {
        check_interrupt();
        step(batch, static_cast<std::size_t>(epoch) * steps_per_epoch_ + i, seen);
        progress.show(done += static_cast<std::size_t>(batch.photos.size(0)));
      });
  return seen.finish();
}

MetricsCollector Trainer::evaluate(const std::vector<std::size_t>& rows) {
  const torch::NoGradGuard no_grad;
  network_->eval();
  MetricsCollector seen(static_cast<int>(store_.classes().size()));
  constexpr int kBatch = 64;
  ordered_parallel(
      batch_count(rows, kBatch), 1, kBatchesAhead,
      [&](std::size_t i) { return plain_batch(store_, batch_rows(rows, kBatch, i)); },
      [&](std::size_t, Batch batch) {
        check_interrupt();
        const torch::Tensor probabilities =
            torch::softmax(network_->forward(batch.photos.to(device_)), 1).cpu().contiguous();
        for (std::int64_t i = 0; i < probabilities.size(0); ++i) {
          seen.add(static_cast<int>(batch.labels[i].item<std::int64_t>()),
                   probabilities.data_ptr<float>() + i * probabilities.size(1));
        }
      });
  return seen;
}

void Trainer::keep(int epoch, const Metrics& trained, const Metrics& validated, double seconds) {
  state_.epoch = epoch + 1;
  state_.history.push_back({{"epoch", epoch + 1},
                            {"train_loss", trained.loss},
                            {"train_accuracy", trained.accuracy},
                            {"train_f1", trained.f1},
                            {"validation_loss", validated.loss},
                            {"validation_accuracy", validated.accuracy},
                            {"validation_f1", validated.f1},
                            {"learning_rate", rate_at(static_cast<std::size_t>(epoch + 1) * steps_per_epoch_ - 1)},
                            {"seconds", seconds},
                            {"photos_per_second", static_cast<double>(train_rows_.size()) / seconds}});
  const bool best = validated.accuracy > state_.best_accuracy;
  if (best) state_.best_accuracy = validated.accuracy;
  save_checkpoint(in_run("last.pt"), *network_, *average_, *optimizer_, state_);
  if (best) save_checkpoint(in_run("best.pt"), *network_, *average_, *optimizer_, state_);
  write_file(in_run("epochs.csv"), history_csv(state_.history));
  say_epoch(state_.history.back(), options_.epochs, best);
}

void Trainer::finish() {
  const WeightAverage::InUse averaged(*average_, *network_);
  const MetricsCollector validated = evaluate(validation_rows_);
  const Metrics metrics = validated.finish();
  BundleDescription bundle;
  bundle.labels = store_.classes();
  bundle.size = store_.size();
  bundle.confidence = validated.confidence_quantile(options_.unsure_share);
  auto json = to_json(metrics, bundle.labels);
  json["test_set"] =
      "the part of the data set held back from training (split " + store_.split_digest().substr(0, 12) + ")";
  bundle.metrics.push_back(json);
  bundle.training = state_.options;
  bundle.training["data_digest"] = state_.data_digest;
  bundle.training["split_digest"] = state_.split_digest;
  bundle.training["photos"] = train_rows_.size();
  bundle.training["commit"] = current_commit();
  bundle.training["run_id"] = fs::absolute(options_.out).filename().string();
  bundle.licence = options_.licence, bundle.data_origin = options_.data_origin;
  bundle.data_licence = options_.data_licence;
  write_bundle(options_.out / "model", network_->spec(), get_weights(*network_), bundle);
  write_file(in_run("metrics.json"), bundle.metrics.dump(2) + "\n");
  say_metrics(metrics, bundle.labels);
  std::fprintf(stderr, "\nModel bundle: %s\n", (options_.out / "model").c_str());
}

void Trainer::run() {
  const NetworkCost cost = cost_of(network_->spec(), store_.size());
  std::fprintf(stderr,
               "%s: %s parameters, %.1f million multiply-adds at %d×%d; %s photos to train on, %s held back; %s\n",
               options_.network.c_str(), format_count(static_cast<std::size_t>(cost.parameters)).c_str(),
               static_cast<double>(cost.multiply_adds) / 1e6, store_.size(), store_.size(),
               format_count(train_rows_.size()).c_str(), format_count(validation_rows_.size()).c_str(),
               device_.is_cuda() ? "on the GPU" : "on the CPU");
  for (int epoch = state_.epoch; epoch < options_.epochs; ++epoch) {
    const auto start = std::chrono::steady_clock::now();
    const Metrics trained = train_epoch(epoch);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    Metrics validated;
    {
      const WeightAverage::InUse averaged(*average_, *network_);
      validated = evaluate(validation_rows_).finish();
    }
    keep(epoch, trained, validated, seconds);
  }
  finish();
}

}  // namespace

void train(const TrainOptions& options) { Trainer(options).run(); }

}  // namespace catdog
