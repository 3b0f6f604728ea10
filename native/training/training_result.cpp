#include "training/training_result.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "evaluation/by_source.h"
#include "evaluation/metrics_text.h"
#include "evaluation/report_page.h"
#include "support/files.h"
#include "support/say.h"
#include "training/data/predict_store.h"
#include "training/network/bundle_writer.h"
#include "training/report.h"

namespace catdog {
namespace {

// The network as it is shipped, and what it says of the photos held out.
class Shipped {
 public:
  Shipped(const PlainNetwork& trained, const torch::Device& device, const TrainingData& data)
      : data_(data),
        device_(device),
        network_(fold_for_inference(trained.spec, trained.weights)),
        used_(network_.spec) {
    used_.to(device_);
    round();
    temperature_ = measure().classes.best_temperature(even_weights(data.store(), data.validation_rows()));
    set_temperature(network_, temperature_);
    round();
  }
  StorePredictions measure() {
    const int size = data_.options().size;
    Evaluation said = evaluate(used_, device_, data_.store(), data_.validation_rows(), size);
    StorePredictions all{data_.validation_rows(), std::move(said.classes), std::move(said.presence), {}, {}, {}};
    if (!data_.has_negatives()) return all;
    all.negative_rows = data_.negative_validation_rows();
    NegativeEvaluation negatives = evaluate_negatives(used_, device_, data_.store(), all.negative_rows, size);
    all.negative_presence = std::move(negatives.presence);
    all.negative_confidence = std::move(negatives.confidence);
    return all;
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

std::string exclusions_text(const TrainingData& data) {
  const std::string& left_out = data.options().derived.exclusions_digest;
  return left_out.empty() ? "" : ", without " + left_out.substr(0, 12);
}

std::string test_set_of(const TrainingData& data) {
  return data.store().split_digest().substr(0, 12) + exclusions_text(data);
}

// Photos that the network learned from, spread evenly over them; also some negatives.
SamplePhotos samples_of(const TrainingData& data) {
  std::vector<std::size_t> photos;
  const auto take = [&](const std::vector<std::size_t>& rows, std::size_t most) {
    const std::size_t count = std::min(most, rows.size());
    for (std::size_t i = 0; i < count; ++i) photos.push_back(rows[i * rows.size() / count]);
  };
  take(data.train_rows(), kRangePhotos);
  take(data.negative_train_rows(), kRangePhotos / 5);
  return {photos.size(),
          [photos, &data](std::size_t i) { return stored_picture(data.store(), photos[i], data.options().size); }};
}

// Those predictions that are about photos of one part of the store.
StorePredictions of_part(const StorePredictions& all, const FeatureStore::Part& part) {
  const auto inside = [&](std::size_t row) { return row >= part.first_row && row < part.end_row; };
  StorePredictions some{{}, MetricsCollector(all.classes.classes()), {}, {}, {}, {}};
  for (std::size_t i = 0; i < all.rows.size(); ++i) {
    if (!inside(all.rows[i])) continue;
    some.rows.push_back(all.rows[i]);
    some.classes.add(all.classes.label(i), all.classes.probabilities(i));
    if (!all.presence.empty()) some.presence.push_back(all.presence[i]);
  }
  for (std::size_t i = 0; i < all.negative_rows.size(); ++i) {
    if (!inside(all.negative_rows[i])) continue;
    some.negative_rows.push_back(all.negative_rows[i]);
    some.negative_presence.push_back(all.negative_presence[i]);
    some.negative_confidence.push_back(all.negative_confidence[i]);
  }
  return some;
}

// Figures of the photos held out, of each data set with classes by itself. Where it has no negatives of its own, those
// of the data sets that have nothing else (--negatives) stand in for them.
nlohmann::ordered_json measured_by_data_set(const TrainingData& data, const StorePredictions& all,
                                            const Thresholds& thresholds) {
  std::vector<std::pair<std::string, StorePredictions>> measured;
  std::vector<float> others;
  const std::vector<FeatureStore::Part>& parts = data.store().parts();
  for (const FeatureStore::Part& part : parts) {
    StorePredictions said = of_part(all, part);
    if (said.rows.empty()) {
      others.insert(others.end(), said.negative_presence.begin(), said.negative_presence.end());
      continue;
    }
    const std::string name =
        "photos of " + (parts.size() == data.options().data.negatives.size() + 1 ? std::string("the data set")
                                                                                 : folder_name(part.from.folder));
    measured.emplace_back(
        name + " held out from training (split " + part.split_digest.substr(0, 12) + exclusions_text(data) + ")",
        std::move(said));
  }
  auto list = nlohmann::ordered_json::array();
  for (const auto& [test_set, said] : measured) {
    nlohmann::ordered_json one = {{"test_set", test_set}};
    one.update(to_json(said.classes.finish(), data.store().classes()));
    if (data.has_negatives()) {
      const std::vector<float>& negatives = said.negative_rows.empty() ? others : said.negative_presence;
      one["presence"] = to_json(presence_at(thresholds.presence, said.presence, negatives));
    }
    const auto sources = metrics_by_source(data.store().samples(), data.store().sources(), said, thresholds);
    if (sources.size() > 1) one["by_source"] = to_json(sources);
    list.push_back(std::move(one));
  }
  return list;
}

// What the bundle says of the training.
nlohmann::ordered_json told_of(nlohmann::ordered_json recipe, double temperature, const TrainingData& data) {
  recipe["temperature"] = temperature;
  recipe["photos"] = data.train_rows().size();
  recipe["data_digest"] = data.store().parts().front().digest;
  recipe["split_digest"] = data.store().parts().front().split_digest;
  recipe["data_sets"] = nlohmann::ordered_json::array();
  for (const FeatureStore::Part& part : data.store().parts()) {
    recipe["data_sets"].push_back({{"name", folder_name(part.from.folder)},
                                   {"weight", part.from.weight},
                                   {"photos", part.end_row - part.first_row},
                                   {"digest", part.digest},
                                   {"split_digest", part.split_digest}});
  }
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
  const StorePredictions validated = shipped.measure();
  const std::vector<double> weights = even_weights(store, validated.rows);
  const Metrics metrics = validated.classes.finish();
  const std::string test_set = test_set_of(data);
  BundleDescription bundle;
  bundle.labels = store.classes();
  bundle.size = options.size;
  say_lines('\n' + metrics_text(metrics, bundle.labels, "photos held out"));
  std::vector<bool> refused;
  if (data.has_negatives()) {
    const PresenceMetrics presence =
        presence_metrics(validated.presence, validated.negative_presence, options.decisions.max_rejected, weights);
    bundle.thresholds.presence = static_cast<float>(presence.threshold);
    for (const float present : validated.presence) refused.push_back(present < bundle.thresholds.presence);
    say_presence(presence);
  }
  bundle.thresholds.confidence =
      validated.classes.confidence_threshold(options.decisions.max_abstained, refused, weights);
  bundle.metrics = measured_by_data_set(data, validated, bundle.thresholds);
  const auto sources = metrics_by_source(store.samples(), store.sources(), validated, bundle.thresholds);
  if (sources.size() > 1) say_lines('\n' + by_source_text(sources));
  bundle.training = told_of(recipe, shipped.temperature(), data);
  bundle.samples = samples_of(data);
  bundle.licence = options.licence;
  bundle.data_origin = options.data.origin;
  bundle.data_licence = options.data.licence;
  write_bundle(options.out / "model", shipped.network(), bundle);
  write_file(options.out / "metrics.json", bundle.metrics.dump(2) + "\n");
  Report report{store.classes(), store.samples(), stored_pictures(store), data.validation_rows(), validated.classes};
  report.title = bundle.training["run_id"];
  report.measured_on = "photos held out from training";
  report.history = history;
  report.facts = facts_of(bundle.training);
  write_file(options.out / "report.html", report_page(report));
  say("");
  say("Report: " + (options.out / "report.html").string());
  say("Model bundle: " + (options.out / "model").string());
  return {metrics, options.derived.exclusions_digest.empty() ? store.split_digest() : test_set, sources};
}

}  // namespace catdog
