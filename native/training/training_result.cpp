#include "training/training_result.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "evaluation/metrics_text.h"
#include "evaluation/report_page.h"
#include "support/files.h"
#include "support/say.h"
#include "training/bundle_writer.h"
#include "training/evaluate.h"
#include "training/report.h"

namespace catdog {
namespace {

// The network as it is shipped, and what it says of the photos held back.
class Shipped {
 public:
  Shipped(const PlainNetwork& trained, const torch::Device& device, const TrainingData& data)
      : data_(data), device_(device), network_(for_use(trained.spec, trained.weights)), used_(network_.spec) {
    used_.to(device_);
    round();
    temperature_ = measure().classes.best_temperature();
    set_temperature(network_, temperature_);
    round();
  }
  Evaluation measure() {
    return evaluate(used_, device_, data_.store(), data_.validation_rows(), data_.options().size);
  }
  std::vector<float> presence_of_others() {
    return presence_of(used_, device_, *data_.other(), data_.other_validation_rows(), data_.options().size);
  }
  const PlainNetwork& network() const { return network_; }
  double temperature() const { return temperature_; }

 private:
  void round() {
    round_to_half(network_.weights);
    set_weights(used_, network_.weights);
  }

  const TrainingData& data_;
  torch::Device device_;
  PlainNetwork network_;
  TorchNetwork used_;
  double temperature_ = 1;
};

std::string test_set_of(const TrainingData& data) {
  const std::string& left_out = data.options().left_out;
  return data.store().split_digest().substr(0, 12) + (left_out.empty() ? "" : ", without " + left_out.substr(0, 12));
}

// Photos that the network learned from, spread evenly over them; also some of none of the classes.
SamplePhotos samples_of(const TrainingData& data) {
  std::vector<std::pair<const FeatureStore*, std::size_t>> photos;
  const auto take = [&](const FeatureStore& store, const std::vector<std::size_t>& rows, std::size_t most) {
    const std::size_t count = std::min(most, rows.size());
    for (std::size_t i = 0; i < count; ++i) photos.emplace_back(&store, rows[i * rows.size() / count]);
  };
  take(data.store(), data.train_rows(), kRangePhotos);
  if (data.other()) take(*data.other(), data.other_train_rows(), kRangePhotos / 5);
  return {photos.size(), [photos, size = data.options().size](std::size_t i) {
            return stored_picture(*photos[i].first, photos[i].second, size);
          }};
}

// What the bundle says of the training.
nlohmann::ordered_json told_of(nlohmann::ordered_json recipe, double temperature, const TrainingData& data) {
  recipe["temperature"] = temperature;
  recipe["photos"] = data.train_rows().size();
  recipe["data_digest"] = data.store().digest();
  recipe["split_digest"] = data.store().split_digest();
  if (data.other()) recipe["other_digest"] = data.other()->digest();
  recipe["commit"] = current_commit();
  recipe["run_id"] = folder_name(data.options().out);
  return recipe;
}

}  // namespace

TrainingResult write_result(const PlainNetwork& trained, const torch::Device& device, const TrainingData& data,
                            const nlohmann::ordered_json& recipe, const nlohmann::ordered_json& history) {
  const TrainOptions& options = data.options();
  const FeatureStore& store = data.store();
  Shipped shipped(trained, device, data);
  const Evaluation validated = shipped.measure();
  const Metrics metrics = validated.classes.finish();
  const std::string test_set = test_set_of(data);
  BundleDescription bundle;
  bundle.labels = store.classes();
  bundle.size = options.size;
  say_lines('\n' + metrics_text(metrics, bundle.labels, "photos held back"));
  nlohmann::ordered_json measured = {
      {"test_set", "photos of the data set held back from training (split " + test_set + ")"}};
  measured.update(to_json(metrics, bundle.labels));
  std::vector<bool> refused;
  if (data.other()) {
    const PresenceMetrics presence =
        presence_metrics(validated.presence, shipped.presence_of_others(), options.refused_share);
    bundle.thresholds.presence = static_cast<float>(presence.threshold);
    for (const float present : validated.presence) refused.push_back(present < bundle.thresholds.presence);
    measured["presence"] = to_json(presence);
    say_presence(presence);
  }
  bundle.thresholds.confidence = validated.classes.confidence_threshold(options.unsure_share, refused);
  bundle.metrics.push_back(measured);
  bundle.training = told_of(recipe, shipped.temperature(), data);
  bundle.samples = samples_of(data);
  bundle.licence = options.licence;
  bundle.data_origin = options.data_origin;
  bundle.data_licence = options.data_licence;
  write_bundle(options.out / "model", shipped.network(), bundle);
  write_file(options.out / "metrics.json", bundle.metrics.dump(2) + "\n");
  Report report{store, data.validation_rows(), validated.classes};
  report.title = bundle.training["run_id"];
  report.measured_on = "photos held back from training";
  report.history = history;
  report.facts = facts_of(bundle.training);
  write_file(options.out / "report.html", report_page(report));
  say("");
  say("Report: " + (options.out / "report.html").string());
  say("Model bundle: " + (options.out / "model").string());
  return {metrics, options.left_out.empty() ? store.split_digest() : test_set};
}

}  // namespace catdog
