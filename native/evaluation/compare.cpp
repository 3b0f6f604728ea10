#include "evaluation/compare.h"

#include <stdexcept>

#include "evaluation/exclusions.h"
#include "evaluation/metrics_text.h"
#include "evaluation/predict_rows.h"
#include "evaluation/trained_model.h"
#include "support/progress.h"
#include "support/say.h"

namespace catdog {
namespace {

using Json = nlohmann::ordered_json;

// What is said of one model; figures that are not known are null.
Json row_of(const TrainedModel& model, const Json& figures) {
  const auto known = [&](const Json& from, const char* key) { return from.contains(key) ? from[key] : Json(); };
  Json row = {{"model", model.folder.string()}, {"name", model.bundle.card.name}};
  for (const char* key : {"photos", "accuracy", "accuracy_interval", "f1", "log_loss", "ece"}) {
    row[key] = known(figures, key);
  }
  row["parameters"] = known(model.card.value("training", Json::object()), "parameters");
  row["size"] = model.bundle.card.size;
  row["milliseconds"] = milliseconds_a_photo(model.bundle);
  return row;
}

std::string number(const Json& value, const char* format, double factor = 1) {
  return value.is_number() ? format_text(format, factor * value.get<double>()) : "-";
}

std::string table(const std::vector<std::string>& names, const Json& rows) {
  std::size_t width = 8;
  for (const std::string& name : names) width = std::max(width, name.size() + 2);
  const int w = static_cast<int>(width);
  std::string text = format_text("%-*s%9s%10s%18s%9s%10s%8s%13s%6s%10s\n", w, "model", "photos", "accuracy",
                                 "95 % interval", "F1", "log-loss", "ECE", "parameters", "size", "ms/photo");
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Json& row = rows[i];
    const Json& interval = row["accuracy_interval"];
    const std::string between = interval.is_array() && interval.size() == 2
                                    ? number(interval[0], "%.2f", 100) + "-" + number(interval[1], "%.2f %%", 100)
                                    : "-";
    const std::string parameters =
        row["parameters"].is_number_unsigned() ? format_count(row["parameters"].get<std::size_t>()) : "-";
    const std::string photos =
        row["photos"].is_number_unsigned() ? format_count(row["photos"].get<std::size_t>()) : "-";
    text +=
        format_text("%-*s%9s%10s%18s%9s%10s%8s%13s%6d%10s\n", w, names[i].c_str(), photos.c_str(),
                    number(row["accuracy"], "%.2f %%", 100).c_str(), between.c_str(), number(row["f1"], "%.4f").c_str(),
                    number(row["log_loss"], "%.4f").c_str(), number(row["ece"], "%.2f %%", 100).c_str(),
                    parameters.c_str(), row["size"].get<int>(), number(row["milliseconds"], "%.2f").c_str());
  }
  return text;
}

// The photos that none of the models learned from.
std::vector<std::size_t> common_rows(const std::vector<TrainedModel>& models, const FeatureStore& store,
                                     const TestSet& set, bool external_data) {
  std::vector<bool> unseen(store.samples().size(), true);
  for (const TrainedModel& model : models) {
    check_fits(model, store);
    if (external_data) {
      check_external(model, set.digest);
      continue;
    }
    const std::vector<bool> held = held_out_photos(model, set);
    for (std::size_t row = 0; row < unseen.size(); ++row) unseen[row] = unseen[row] && held[row];
  }
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < unseen.size(); ++row) {
    const Sample& sample = store.samples()[row];
    if (unseen[row] && sample.split != Split::kLeftOut && sample.label != kNegative) rows.push_back(row);
  }
  if (rows.empty()) {
    throw std::runtime_error(
        "expected photos that none of the models learned from, found none: were they trained with the same --fold?");
  }
  return rows;
}

std::string test_text(const McNemar& test, const std::string& first, const std::string& second) {
  return format_text(
      "\nMcNemar's test of %s and %s: %s photos only the first got right, %s only the second; p = %.4g (%s)\n%s\n",
      first.c_str(), second.c_str(), format_count(test.only_first).c_str(), format_count(test.only_second).c_str(),
      test.p, test.exact ? "exact binomial" : "with continuity correction",
      test.p < 0.05 ? "The difference is significant at the 5 % level."
                    : "The difference is not significant at the 5 % level: it may be chance.");
}

// Photos that only one of the two got right.
McNemar test_of(const MetricsCollector& first, const MetricsCollector& second) {
  std::size_t only[2] = {0, 0};
  for (std::size_t i = 0; i < first.size(); ++i) {
    const bool of_first = first.said(i) == first.label(i), of_second = second.said(i) == second.label(i);
    if (of_first != of_second) ++only[of_first ? 0 : 1];
  }
  return mcnemar(only[0], only[1]);
}

MetricsCollector measure(const TrainedModel& model, const FeatureStore& store, const std::vector<std::size_t>& photos,
                         int threads) {
  say(model.folder.string());
  Ensemble alone({&model.bundle}, network::Precision::kBest);
  const AskedRows all = {std::vector<bool>(store.samples().size(), true)};
  const auto found = predict_rows(alone, store, photos, all, threads);
  MetricsCollector collected(static_cast<int>(store.classes().size()));
  for (std::size_t i = 0; i < photos.size(); ++i) {
    collected.add(store.samples()[photos[i]].label, found[i].probabilities.data());
  }
  return collected;
}

}  // namespace

Comparison compare_models(const CompareOptions& options) {
  std::vector<TrainedModel> models;
  Comparison comparison;
  for (const auto& folder : options.models) {
    models.push_back(open_trained_model(folder));
    comparison.names.push_back(models.back().name());
  }
  if (options.features.empty()) {
    for (const TrainedModel& model : models) {
      const Json metrics = model.card.value("metrics", Json::array());
      comparison.rows.push_back(row_of(model, metrics.empty() ? Json::object() : metrics[0]));
    }
    return comparison;
  }
  FeatureStore store(options.features);
  leave_out_listed(store, options.exclude);
  const std::vector<std::size_t> photos =
      common_rows(models, store, test_set_of(store, options.features), options.external_data);
  std::vector<MetricsCollector> collected;
  for (const TrainedModel& model : models) {
    collected.push_back(measure(model, store, photos, options.threads));
    comparison.rows.push_back(row_of(model, to_json(collected.back().finish(), store.classes())));
  }
  if (collected.size() > 1) comparison.test = test_of(collected[0], collected[1]);
  return comparison;
}

std::string comparison_text(const Comparison& comparison) {
  const std::string text = table(comparison.names, comparison.rows);
  if (comparison.test) return text + test_text(*comparison.test, comparison.names[0], comparison.names[1]);
  return text +
         "\nThese are the metrics that each training measured on the photos it held out; with --features all are "
         "measured here on the same photos, and McNemar's test compares the first two.\n";
}

Json to_json(const Comparison& comparison) {
  Json json = {{"models", comparison.rows}};
  if (const auto& test = comparison.test) {
    json["mcnemar"] = {
        {"only_first", test->only_first}, {"only_second", test->only_second}, {"exact", test->exact}, {"p", test->p}};
  }
  return json;
}

}  // namespace catdog
