#include "training/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "evaluation/folds.h"
#include "evaluation/left_out.h"
#include "evaluation/metrics_text.h"
#include "evaluation/report_page.h"
#include "support/files.h"
#include "support/interrupt.h"
#include "support/ordered_parallel.h"
#include "support/progress.h"
#include "training/bundle_writer.h"
#include "training/checkpoint.h"
#include "training/learner.h"
#include "training/report.h"
#include "training/tracking.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kDropoutStream = 3;
constexpr std::size_t kBatchesAhead = 6;

// The photos, parted as --fold and --exclude say.
FeatureStore open_store(const TrainOptions& options) {
  FeatureStore store(options.features);
  if (!options.fold.empty()) store.hold_back(held_back(store.samples(), parse_fold(options.fold).value()));
  leave_out_listed(store, options.exclude);
  return store;
}

// Fills in what depends on the data and the machine.
TrainOptions completed(TrainOptions options, const FeatureStore& store) {
  if (options.threads == 0) options.threads = core_count();
  // Sides of crops are a multiple of 8, which vector units like.
  if (options.crop == 0) options.crop = std::max(8, store.size() * 4 / 5 / 8 * 8);
  options.crop = std::min(options.crop, store.size());
  options.left_out = left_out_digest(store);
  return options;
}

class Trainer {
 public:
  explicit Trainer(const TrainOptions& options);
  void run();

 private:
  Metrics train_epoch(int epoch);
  double rate_at(std::size_t step) const;
  void keep(int epoch, const Metrics& trained, const Metrics& validated, double seconds);
  void train_epochs();
  void finish();
  fs::path in_run(const char* name) const { return options_.out / name; }

  FeatureStore store_;
  TrainOptions options_;
  std::vector<std::size_t> train_rows_, validation_rows_;
  std::size_t steps_per_epoch_;
  Learner learner_;
  TrainingState state_;
  std::unique_ptr<TrainingRun> tracked_;
};

Trainer::Trainer(const TrainOptions& options)
    : store_(open_store(options)),
      options_(completed(options, store_)),
      train_rows_(rows_of(store_, Split::kTrain)),
      validation_rows_(rows_of(store_, Split::kValidation)),
      steps_per_epoch_(batch_count(train_rows_, options.batch)),
      learner_(options_, static_cast<int>(store_.classes().size())) {
  if (train_rows_.empty() || validation_rows_.empty()) {
    throw std::runtime_error(options.features.string() + ": expected photos to train on and to validate with, found " +
                             std::to_string(train_rows_.size()) + " and " + std::to_string(validation_rows_.size()));
  }
  state_.options = binding_options(options_);
  state_.data_digest = store_.digest();
  state_.split_digest = store_.split_digest();
  if (options_.resume) {
    state_ = load_checkpoint(in_run("last.pt"), learner_.network(), learner_.average(), learner_.optimizer(), state_);
  } else if (fs::exists(in_run("last.pt"))) {
    throw std::runtime_error(options_.out.string() + ": expected a new folder (or --resume), found a training");
  }
  fs::create_directories(options_.out);
  tracked_ = std::make_unique<TrainingRun>(options_, store_, learner_.network().spec());
  for (const auto& epoch : state_.history) tracked_->log_epoch(epoch);  // what is known already is left out
}

// Rises over the warm-up, then falls along a cosine to zero.
double Trainer::rate_at(std::size_t step) const {
  const double total = static_cast<double>(steps_per_epoch_) * options_.epochs;
  const double warm_up = std::max(1.0, options_.warm_up * static_cast<double>(steps_per_epoch_));
  const double at = static_cast<double>(step);
  return options_.rate * std::min((at + 1) / warm_up, 0.5 * (1 + std::cos(M_PI * at / total)));
}

Metrics Trainer::train_epoch(int epoch) {
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
        if (!options_.augment) return plain_batch(store_, rows);
        return training_batch(store_, rows, options_.crop, Augmentation{}, options_.seed, epoch);
      },
      [&](std::size_t i, Batch batch) {
        check_interrupt();
        learner_.step(batch, rate_at(static_cast<std::size_t>(epoch) * steps_per_epoch_ + i), seen);
        progress.show(done += static_cast<std::size_t>(batch.photos.size(0)));
      });
  return seen.finish();
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
  for (const char* name : {"last.pt", "best.pt"}) {
    if (name == std::string("best.pt") && !best) continue;
    save_checkpoint(in_run(name), learner_.network(), learner_.average(), learner_.optimizer(), state_);
  }
  write_file(in_run("epochs.csv"), history_csv(state_.history));
  tracked_->log_epoch(state_.history.back());
  say_epoch(state_.history.back(), options_.epochs, best);
}

// The last epoch's averaged weights are shipped, not the best epoch's: nothing is chosen by the photos that the
// accuracy is measured on.
void Trainer::finish() {
  const MetricsCollector validated = learner_.evaluate(store_, validation_rows_);
  const Metrics metrics = validated.finish();
  BundleDescription bundle;
  bundle.labels = store_.classes();
  bundle.size = store_.size();
  bundle.confidence = validated.confidence_threshold(options_.unsure_share);
  // Identifies the photos that were measured on.
  std::string test_set = store_.split_digest().substr(0, 12);
  if (!options_.left_out.empty()) test_set += ", without " + options_.left_out.substr(0, 12);
  nlohmann::ordered_json measured = {
      {"test_set", "photos of the data set held back from training (split " + test_set + ")"}};
  measured.update(to_json(metrics, bundle.labels));
  bundle.metrics.push_back(measured);
  bundle.training = state_.options;
  bundle.training["photos"] = train_rows_.size();
  bundle.training["data_digest"] = state_.data_digest;
  bundle.training["split_digest"] = state_.split_digest;
  bundle.training["commit"] = current_commit();
  bundle.training["run_id"] = fs::absolute(options_.out).filename().string();
  bundle.licence = options_.licence;
  bundle.data_origin = options_.data_origin;
  bundle.data_licence = options_.data_licence;
  write_bundle(options_.out / "model", learner_.network().spec(), learner_.weights(), bundle);
  write_file(in_run("metrics.json"), bundle.metrics.dump(2) + "\n");
  Report report{store_, validation_rows_, validated};
  report.title = bundle.training["run_id"];
  report.measured_on = "photos held back from training";
  report.history = state_.history;
  report.facts = facts_of(bundle.training);
  write_file(in_run("report.html"), report_page(report));
  tracked_->log_result(metrics, options_.left_out.empty() ? store_.split_digest() : test_set);
  std::fprintf(stderr, "\n%s", metrics_text(metrics, bundle.labels, "photos held back").c_str());
  std::fprintf(stderr, "\nReport: %s\nModel bundle: %s\n", in_run("report.html").c_str(), in_run("model").c_str());
}

void Trainer::run() {
  const NetworkCost cost = cost_of(learner_.network().spec(), store_.size());
  std::fprintf(stderr,
               "%s: %s parameters, %.1f million multiply-adds at %d×%d; %s photos to train on, %s held back; %s\n",
               options_.network.c_str(), format_count(static_cast<std::size_t>(cost.parameters)).c_str(),
               static_cast<double>(cost.multiply_adds) / 1e6, store_.size(), store_.size(),
               format_count(train_rows_.size()).c_str(), format_count(validation_rows_.size()).c_str(),
               learner_.on_gpu() ? "on the GPU" : "on the CPU");
  try {
    train_epochs();
    finish();
  } catch (const Interrupted&) {
    tracked_->finish(tracking::RunStatus::kKilled);
    throw;
  }
  tracked_->finish(tracking::RunStatus::kFinished);
}

void Trainer::train_epochs() {
  for (int epoch = state_.epoch; epoch < options_.epochs; ++epoch) {
    const auto start = std::chrono::steady_clock::now();
    const Metrics trained = train_epoch(epoch);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    keep(epoch, trained, learner_.evaluate(store_, validation_rows_).finish(), seconds);
  }
}

}  // namespace

void train(const TrainOptions& options) { Trainer(options).run(); }

}  // namespace catdog
