#include "evaluation/compare.h"

#include <optional>
#include <stdexcept>

#include "evaluation/left_out.h"
#include "evaluation/mcnemar.h"
#include "evaluation/metrics_text.h"
#include "evaluation/predict_rows.h"
#include "evaluation/trained_model.h"
#include "support/files.h"
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

std::string table(const std::vector<TrainedModel>& models, const Json& rows) {
  std::size_t width = 8;
  for (const TrainedModel& model : models) width = std::max(width, model.name().size() + 2);
  const int w = static_cast<int>(width);
  std::string text = format_text("%-*s%9s%10s%18s%9s%10s%8s%13s%6s%10s\n", w, "model", "photos", "accuracy",
                                 "95 % interval", "F1", "log-loss", "ECE", "parameters", "size", "ms/photo");
  for (std::size_t i = 0; i < models.size(); ++i) {
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
        format_text("%-*s%9s%10s%18s%9s%10s%8s%13s%6d%10s\n", w, models[i].name().c_str(), photos.c_str(),
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
    const std::vector<bool> held = held_back_photos(model, set);
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

std::string test_text(const McNemar& test, const TrainedModel& first, const TrainedModel& second) {
  return format_text(
      "\nMcNemar's test of %s and %s: %s photos only the first got right, %s only the second; p = %.4g (%s)\n%s\n",
      first.name().c_str(), second.name().c_str(), format_count(test.only_first).c_str(),
      format_count(test.only_second).c_str(), test.p, test.exact ? "exact binomial" : "with continuity correction",
      test.p < 0.05 ? "The difference is significant at the 5 % level."
                    : "The difference is not significant at the 5 % level: it may be chance.");
}

}  // namespace

std::string compare(const CompareOptions& options) {
  std::vector<TrainedModel> models;
  for (const auto& folder : options.models) models.push_back(open_trained_model(folder));
  Json rows = Json::array(), result;
  std::optional<McNemar> test;
  if (options.features.empty()) {
    for (const TrainedModel& model : models) {
      const Json metrics = model.card.value("metrics", Json::array());
      rows.push_back(row_of(model, metrics.empty() ? Json::object() : metrics[0]));
    }
  } else {
    FeatureStore store(options.features);
    leave_out_listed(store, options.exclude);
    const std::vector<std::size_t> photos =
        common_rows(models, store, test_set_of(store, options.features), options.external_data);
    std::vector<MetricsCollector> judged;
    for (const TrainedModel& model : models) {
      say(model.folder.string());
      Ensemble alone({&model.bundle}, network::Precision::kBest);
      const AskedRows all = {std::vector<bool>(store.samples().size(), true)};
      const auto found = predict_rows(alone, store, photos, all, options.threads);
      MetricsCollector& figures = judged.emplace_back(static_cast<int>(store.classes().size()));
      for (std::size_t i = 0; i < photos.size(); ++i) {
        figures.add(store.samples()[photos[i]].label, found[i].probabilities.data());
      }
      rows.push_back(row_of(model, to_json(figures.finish(), store.classes())));
    }
    if (judged.size() > 1) {
      std::size_t only[2] = {0, 0};
      for (std::size_t i = 0; i < photos.size(); ++i) {
        const bool first = judged[0].said(i) == judged[0].label(i), second = judged[1].said(i) == judged[1].label(i);
        if (first != second) ++only[first ? 0 : 1];
      }
      test = mcnemar(only[0], only[1]);
    }
  }
  result["models"] = rows;
  std::string text = table(models, rows);
  if (test) {
    text += test_text(*test, models[0], models[1]);
    result["mcnemar"] = {
        {"only_first", test->only_first}, {"only_second", test->only_second}, {"exact", test->exact}, {"p", test->p}};
  } else {
    text +=
        "\nThese are the figures that each training measured on the photos it held back; with --features all are "
        "measured here on the same photos, and McNemar's test compares the first two.\n";
  }
  if (!options.json.empty())
    write_file(options.json, result.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  return text;
}

}  // namespace catdog
