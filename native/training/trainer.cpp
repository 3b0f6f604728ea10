#include "training/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>

#include "support/files.h"
#include "support/interrupt.h"
#include "support/ordered_parallel.h"
#include "support/progress.h"
#include "training/checkpoint.h"
#include "training/distributed/distributed.h"
#include "training/learner.h"
#include "training/report.h"
#include "training/tracking.h"
#include "training/training_result.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kDropoutStream = 3;
constexpr std::size_t kBatchesAhead = 6;

double mean_over_classes(const Metrics& metrics, double ClassMetrics::*figure) {
  double sum = 0;
  for (const ClassMetrics& one : metrics.classes) sum += one.*figure;
  return sum / static_cast<double>(metrics.classes.size());
}

class Trainer {
 public:
  explicit Trainer(const TrainOptions& options);
  void run();

 private:
  void train_epoch();
  double rate_at(double epochs) const;
  void save(const char* name);
  void keep(const Metrics& trained, const Metrics& validated);
  void train_epochs();
  void finish();
  fs::path in_run(const char* name) const { return options_.out / name; }
  bool is_primary() const { return !ranks_ || ranks_->is_primary(); }  // of several processes one writes
  int classes() const { return static_cast<int>(data_.store().classes().size()); }

  TrainingData data_;
  TrainOptions options_;
  std::unique_ptr<ProcessGroup> ranks_;  // null: there is one process
  Learner learner_;
  NetworkCost cost_;  // of the network as it is shipped
  TrainingState state_;
  std::unique_ptr<TrainingRun> tracked_;
  bool training_ = false;  // there is something that a checkpoint should keep
};

Trainer::Trainer(const TrainOptions& options)
    : data_(options),
      options_(data_.options()),
      ranks_(ProcessGroup::from_environment(options.rank_timeout)),
      learner_(options_, data_, ranks_.get()),
      cost_(cost_of(fold_for_inference(learner_.network().spec(), learner_.weights()).spec, options_.size)) {
  state_.options = binding_options(options_);
  state_.data_digest = data_.store().digest();
  state_.split_digest = data_.store().split_digest();
  state_.seen = MetricsCollector(classes());
  if (options_.resume) {
    state_ = load_checkpoint(in_run("last.pt"), learner_.network(), learner_.average(), learner_.optimizer(), state_);
  } else if (fs::exists(in_run("last.pt")) || fs::exists(in_run("model"))) {
    throw std::runtime_error(options_.out.string() + ": expected a new folder (or --resume), found a training");
  }
  if (ranks_) {
    ranks_->expect_same(
        (state_.options.dump() + ' ' + state_.data_digest + ' ' + state_.split_digest + " after epoch ") +
        std::to_string(state_.epoch) + " and step " + std::to_string(state_.step));
    options_.tracking.enabled = options_.tracking.enabled && is_primary();
  }
  fs::create_directories(options_.out);
  tracked_ = std::make_unique<TrainingRun>(options_, state_.options, data_.store(), cost_);
  for (const auto& epoch : state_.history) tracked_->log_epoch(epoch);  // what is known already is left out
}

// Of the learning rate, after so many epochs: rises over the warm-up, then falls along a cosine to zero.
double Trainer::rate_at(double epochs) const {
  const double warm_up = options_.optimizer.warmup_epochs > 0 ? epochs / options_.optimizer.warmup_epochs : 1;
  return options_.optimizer.lr * std::min(warm_up, 0.5 * (1 + std::cos(M_PI * epochs / options_.epochs)));
}

void Trainer::save(const char* name) {
  if (!is_primary()) return;
  state_.run_id = tracked_->id();
  save_checkpoint(in_run(name), learner_.network(), learner_.average(), learner_.optimizer(), state_);
}

// The steps that are left of the epoch that has begun.
void Trainer::train_epoch() {
  using Clock = std::chrono::steady_clock;
  const auto seconds_since = [](Clock::time_point then) {
    return std::chrono::duration<double>(Clock::now() - then).count();
  };
  if (state_.step == 0) {
    torch::manual_seed(Random(options_.seed, kDropoutStream, static_cast<std::uint64_t>(state_.epoch)).next());
  }
  const TrainingData::Epoch epoch = data_.epoch(state_.epoch, state_.losses);
  const std::size_t first = state_.step, steps = data_.steps(epoch);
  const double head_epochs = options_.fine_tuning.pretrained.empty() ? 0 : options_.fine_tuning.head_epochs;
  std::optional<Progress> progress;
  if (is_primary()) {
    progress.emplace("Epoch " + std::to_string(state_.epoch + 1) + " of " + std::to_string(options_.epochs),
                     epoch.rows.size(), "photos", state_.seen.size());
  }
  const double spent = state_.seconds;
  const auto start = Clock::now();
  auto saved = start;
  ordered_parallel(
      steps - first, options_.threads, kBatchesAhead,
      [&](std::size_t i) { return data_.batch(epoch, first + i, ranks_ ? ranks_->part() : Shard()); },
      [&](std::size_t, const Batch& batch) {
        check_interrupt();
        // The middle of the step, so that neither the first nor the last has a rate of zero.
        const double done = state_.epoch + (static_cast<double>(state_.step) + 0.5) / static_cast<double>(steps);
        learner_.step(batch, data_.size_of_step(epoch, state_.step), rate_at(done), done < head_epochs, state_.seen);
        ++state_.step;
        state_.seconds = spent + seconds_since(start);
        if (progress) progress->show(state_.seen.size());
        if (seconds_since(saved) >= options_.checkpoint_seconds && state_.step < steps) {
          save("last.pt");
          saved = Clock::now();
        }
      });
}

void Trainer::keep(const Metrics& trained, const Metrics& validated) {
  const double seconds = std::max(state_.seconds, 1e-6);
  nlohmann::ordered_json epoch = {{"epoch", state_.epoch + 1}};
  for (const auto& [part, metrics] : {std::pair("train", &trained), std::pair("validation", &validated)}) {
    const std::string prefix = part + std::string("_");
    epoch[prefix + "loss"] = metrics->loss;
    epoch[prefix + "accuracy"] = metrics->accuracy;
    epoch[prefix + "f1"] = metrics->f1;
    epoch[prefix + "precision"] = mean_over_classes(*metrics, &ClassMetrics::precision);
    epoch[prefix + "recall"] = mean_over_classes(*metrics, &ClassMetrics::recall);
    epoch[prefix + "roc_auc"] = metrics->roc_auc;
  }
  epoch["learning_rate"] = rate_at(state_.epoch + 1);
  epoch["seconds"] = seconds;
  epoch["photos_per_second"] = static_cast<double>(state_.seen.size()) / seconds;
  state_.history.push_back(epoch);
  if (options_.data.prune_easy > 0) {
    const TrainingData::Epoch finished = data_.epoch(state_.epoch, state_.losses);
    remember_losses(state_.seen, finished.rows, data_.store().samples().size(), state_.losses);
  }
  ++state_.epoch;
  state_.step = 0;
  state_.seconds = 0;
  state_.seen = MetricsCollector(classes());
  const bool best = validated.accuracy > state_.best_accuracy;
  if (best) state_.best_accuracy = validated.accuracy;
  save("last.pt");
  if (best) save("best.pt");
  if (!is_primary()) return;
  write_file(in_run("epochs.csv"), history_csv(state_.history));
  tracked_->log_epoch(state_.history.back());
  say_epoch(state_.history.back(), options_.epochs, best);
}

// The last epoch's averaged weights are shipped, not the best epoch's: nothing is chosen by the photos that the
// accuracy is measured on.
void Trainer::finish() {
  // Once more: a training killed after its last checkpoint has not come to it.
  write_file(in_run("epochs.csv"), history_csv(state_.history));
  const TrainingResult result = write_result({learner_.network().spec(), learner_.weights()}, learner_.device(), data_,
                                             state_.options, state_.history);
  tracked_->log_result(result);
}

void Trainer::run() {
  if (is_primary()) {
    std::fprintf(stderr,
                 "%s: %s parameters, %.1f million multiply-adds at %d×%d; %s photos to train on, %s held out; %s\n",
                 options_.network.c_str(), format_count(static_cast<std::size_t>(cost_.parameters)).c_str(),
                 static_cast<double>(cost_.multiply_adds) / 1e6, options_.size, options_.size,
                 format_count(data_.train_rows().size()).c_str(), format_count(data_.validation_rows().size()).c_str(),
                 learner_.device().is_cuda() ? "on the GPU" : "on the CPU");
    warn_of_enlarging(data_.store(), options_.size, options_.out);
  }
  try {
    learner_.find_teacher(data_);
    train_epochs();
    if (is_primary()) finish();
  } catch (const Interrupted&) {
    if (training_) save("last.pt");
    tracked_->finish(tracking::RunStatus::kKilled);
    throw;
  }
  tracked_->finish(tracking::RunStatus::kFinished);
}

void Trainer::train_epochs() {
  training_ = true;
  while (state_.epoch < options_.epochs) {
    train_epoch();
    const Metrics validated = learner_.evaluate(data_.store(), data_.validation_rows()).classes.finish();
    keep(state_.seen.finish(), validated);
  }
  training_ = false;
}

}  // namespace

void train(const TrainOptions& options) { Trainer(options).run(); }

}  // namespace catdog
