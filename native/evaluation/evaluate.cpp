#include "evaluation/evaluate.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "evaluation/by_source.h"
#include "evaluation/judge.h"
#include "evaluation/left_out.h"
#include "evaluation/metrics_text.h"
#include "evaluation/report_page.h"
#include "evaluation/suspects.h"
#include "evaluation/trained_model.h"
#include "support/files.h"
#include "support/progress.h"
#include "support/say.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

// The photos that at least one model did not learn from, and what those models say of them.
struct Judged {
  StorePredictions said;
  std::vector<std::size_t> models;  // how many judged each of the photos with a class
};

// The mean of what models say of a photo.
struct Sum {
  std::vector<double> probabilities;
  double presence = 0;
  std::size_t models = 0;

  void add(const float* more, float more_presence) {
    for (std::size_t c = 0; c < probabilities.size(); ++c) probabilities[c] += more[c];
    presence += more_presence;
    ++models;
  }
  std::vector<float> mean() const {
    std::vector<float> mean;
    for (const double one : probabilities) mean.push_back(static_cast<float>(one / static_cast<double>(models)));
    return mean;
  }
  float mean_presence() const { return static_cast<float>(presence / static_cast<double>(models)); }
};

Judged judge_all(const std::vector<TrainedModel>& models, const FeatureStore& store, const EvaluateOptions& options) {
  const std::size_t classes = store.classes().size(), photos = store.samples().size();
  std::vector<Sum> sums(photos, Sum{std::vector<double>(classes, 0), 0, 0});
  for (const TrainedModel& model : models) {
    check_fits(model, store);
    const std::vector<bool> unseen = unseen_photos(model, store, options.all);
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < photos; ++row) {
      if (unseen[row] && store.samples()[row].split != Split::kLeftOut) rows.push_back(row);
    }
    say(model.folder.string() + ": " + format_count(rows.size()) + " photos that it did not learn from");
    if (rows.empty()) continue;
    const Judgements found = judge(model.bundle, store, rows, options.threads);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      sums[rows[i]].add(found.probabilities.data() + i * classes, found.presence[i]);
    }
  }
  Judged judged{{{}, MetricsCollector(static_cast<int>(classes)), {}, {}, {}}, {}};
  for (std::size_t row = 0; row < photos; ++row) {
    const Sum& sum = sums[row];
    if (sum.models == 0) continue;
    if (store.samples()[row].label == kNegative) {
      judged.said.negative_rows.push_back(row);
      judged.said.negative_presence.push_back(sum.mean_presence());
    } else {
      judged.said.rows.push_back(row);
      judged.said.classes.add(store.samples()[row].label, sum.mean().data());
      judged.said.presence.push_back(sum.mean_presence());
      judged.models.push_back(sum.models);
    }
  }
  return judged;
}

std::string test_set_text(const std::vector<TrainedModel>& models, const EvaluateOptions& options) {
  const std::string place = fs::absolute(options.features / "").parent_path().filename().string();
  std::string text = options.all          ? "all photos of " + place
                     : models.size() == 1 ? "photos of " + place + " that were held back from training"
                                          : "photos of " + place + ", each judged by those of " +
                                                std::to_string(models.size()) + " models that did not learn from it";
  if (!options.exclude.empty()) text += ", without those listed in " + options.exclude.filename().string();
  return text;
}

void write_report(const EvaluateOptions& options, const std::vector<TrainedModel>& models, const FeatureStore& store,
                  const Judged& judged, const std::vector<Suspect>& suspects) {
  Report report{store, judged.said.rows, judged.said.classes};
  report.title = models.size() == 1 ? models[0].name() : std::to_string(models.size()) + " models";
  report.measured_on = test_set_text(models, options);
  report.suspects = suspects;
  if (models.size() == 1) report.history = models[0].history;
  for (const TrainedModel& model : models) {
    const auto training = model.card.value("training", nlohmann::ordered_json::object());
    if (models.size() == 1) {
      report.facts = facts_of(training);
    } else {
      const std::string fold = training.value("fold", "");
      report.facts.emplace_back(model.name(), model.bundle.card.name + (fold.empty() ? "" : ", fold " + fold));
    }
  }
  write_file(options.report, report_page(report));
}

}  // namespace

std::string evaluate(const EvaluateOptions& options) {
  FeatureStore store(options.features);
  std::vector<TrainedModel> models;
  for (const fs::path& run : options.runs) models.push_back(open_trained_model(run));
  leave_out_listed(store, options.exclude);
  const Judged judged = judge_all(models, store, options);
  if (judged.said.rows.empty()) {
    throw std::runtime_error(options.features.string() +
                             ": expected photos that the models did not learn from, found none");
  }
  const Metrics metrics = judged.said.classes.finish();
  const std::vector<Suspect> suspects = find_suspects(judged.said.classes);
  std::string text = metrics_text(metrics, store.classes(), test_set_text(models, options));
  // With the thresholds of the first: models of one data set have much the same.
  const auto sources = metrics_by_source(store, judged.said, models.front().bundle.card.thresholds);
  if (sources.size() > 1 || !judged.said.negative_rows.empty()) text += '\n' + by_source_text(sources);
  if (!options.json.empty()) {
    nlohmann::ordered_json json = {{"test_set", test_set_text(models, options)},
                                   {"models", nlohmann::ordered_json::array()},
                                   {"data_digest", store.digest()},
                                   {"left_out_digest", left_out_digest(store)},
                                   {"suspects", suspects.size()}};
    for (const TrainedModel& model : models) json["models"].push_back(model.folder.string());
    json.update(to_json(metrics, store.classes()));
    json["by_source"] = to_json(sources);
    write_file(options.json, json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  }
  if (!options.suspects.empty()) {
    write_suspects(options.suspects, suspects, store, judged.said.rows);
    text += "\n" + format_count(suspects.size()) + " of " + format_count(judged.said.rows.size()) +
            " photos are suspected of a wrong label: " + options.suspects.string() + "\n";
    const auto in_use = std::count_if(store.samples().begin(), store.samples().end(),
                                      [](const Sample& one) { return one.split != Split::kLeftOut; });
    if (judged.said.rows.size() < static_cast<std::size_t>(in_use)) {
      text +=
          "Only photos that a model held back can be suspected; train with --fold 1/5 to 5/5 and name all five "
          "runs to have each photo judged.\n";
    }
  }
  if (!options.report.empty()) {
    write_report(options, models, store, judged, options.suspects.empty() ? std::vector<Suspect>() : suspects);
    text += "\nReport: " + options.report.string() + "\n";
  }
  return text;
}

}  // namespace catdog
