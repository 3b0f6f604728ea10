#include "evaluation/evaluate_models.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "evaluation/exclusions.h"
#include "evaluation/predict_files.h"
#include "support/files.h"
#include "support/photo.h"
#include "support/progress.h"
#include "support/say.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

constexpr int kShownSize = 192;  // of the photos in a report, pixels

std::vector<const ModelBundle*> bundles_of(const std::vector<TrainedModel>& models) {
  std::vector<const ModelBundle*> bundles;
  for (const TrainedModel& model : models) bundles.push_back(&model.bundle);
  return bundles;
}

// Which model is asked about which row: about none that was left out, and about none that it learned from. Rows from
// `own` on are no training's.
AskedRows asked_rows(const std::vector<TrainedModel>& models, const TestSet& set, std::size_t own, bool external_data) {
  TestSet own_set = set;
  own_set.samples.resize(own);
  AskedRows asked;
  for (const TrainedModel& model : models) {
    if (external_data) {
      if (!set.digest.empty()) check_external(model, set.digest);
      asked.emplace_back(own, true);
    } else {
      asked.push_back(held_out_photos(model, own_set));
    }
    asked.back().resize(set.samples.size(), true);
    for (std::size_t row = 0; row < set.samples.size(); ++row) {
      if (set.samples[row].split == Split::kLeftOut) asked.back()[row] = false;
    }
  }
  return asked;
}

// The rows that any of the models is asked about.
std::vector<std::size_t> rows_of(const AskedRows& asked, const std::vector<TrainedModel>& models) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < asked.front().size(); ++row) {
    if (std::any_of(asked.begin(), asked.end(), [&](const std::vector<bool>& of_one) { return of_one[row]; })) {
      rows.push_back(row);
    }
  }
  for (std::size_t m = 0; m < models.size(); ++m) {
    const auto photos = static_cast<std::size_t>(std::count(asked[m].begin(), asked[m].end(), true));
    say(models[m].folder.string() + ": " + format_count(photos) + " photos that it did not learn from");
  }
  return rows;
}

void evaluate_stored(const EvaluateOptions& options, ModelEvaluation& evaluation) {
  const auto store = std::make_shared<FeatureStore>(options.features);
  for (const TrainedModel& model : evaluation.models) check_fits(model, *store);
  leave_out_listed(*store, options.exclude);
  evaluation.set = test_set_of(*store, options.features);
  const AskedRows asked =
      asked_rows(evaluation.models, evaluation.set, evaluation.set.samples.size(), options.external_data);
  const std::vector<std::size_t> rows = rows_of(asked, evaluation.models);
  Ensemble models(bundles_of(evaluation.models), options.precision);
  evaluation.predictions.resize(store->samples().size());
  evaluation.errors.resize(store->samples().size());
  std::vector<PhotoPrediction> found = predict_rows(models, *store, rows, asked, options.threads);
  for (std::size_t i = 0; i < rows.size(); ++i) evaluation.predictions[rows[i]] = std::move(found[i]);
  for (const Sample& sample : store->samples()) evaluation.paths.push_back(sample.path);
  evaluation.picture = [store](std::size_t row) { return stored_picture(*store, row, store->size()); };
  add_metrics(evaluation.report, evaluation.set, evaluation.predictions, {},
              evaluation.models.front().bundle.card.thresholds);
}

// Where a file can be read no more, there is no picture.
std::function<Image(std::size_t row)> pictures_of(std::vector<fs::path> files) {
  return [files = std::move(files)](std::size_t row) {
    try {
      const auto bytes = read_file(files[row]);
      auto photo = preprocess_photo(view(bytes), kShownSize);
      return photo ? std::move(photo->picture) : Image();
    } catch (const std::exception&) {
      return Image();
    }
  };
}

void count_unreadable(const FileSet& files, const std::vector<std::string>& errors, EvaluationReport& report) {
  const auto add = [&](const std::string& path, const std::string& error) {
    if (report.unreadable++ == 0) report.first_unreadable = path + ": " + error;
  };
  for (const Skipped& one : files.skipped) add(files.set.name + '/' + one.path, one.reason);
  for (std::size_t row = 0; row < errors.size(); ++row) {
    if (!errors[row].empty()) add(files.paths[row], errors[row]);
  }
}

void evaluate_files(const EvaluateOptions& options, ModelEvaluation& evaluation) {
  const ModelCard& card = evaluation.models.front().bundle.card;
  FileSetOptions from = options.photos;
  from.threads = options.threads;
  if (from.size == 0) from.size = card.size;
  FileSet files = options.external_data ? find_files(from, card.labels) : read_and_split(from, card.labels);
  for (const std::size_t row : listed_rows(files.set.samples, options.exclude)) {
    files.set.samples[row].split = Split::kLeftOut;
  }
  const AskedRows asked = asked_rows(evaluation.models, files.set, files.own, options.external_data);
  std::vector<std::size_t> rows = rows_of(asked, evaluation.models);
  if (options.external_data) {  // what was left out is read too: the digest is of all
    rows.resize(files.files.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
  }
  Ensemble models(bundles_of(evaluation.models), options.precision);
  FilePredictions found = predict_files(models, files, rows, asked, options.corruptions, options.threads);
  if (options.external_data) {
    set_digests(files, found.errors);
    for (const TrainedModel& model : evaluation.models) check_external(model, files.set.digest);
  }
  count_unreadable(files, found.errors, evaluation.report);
  evaluation.picture = pictures_of(files.files);
  evaluation.set = std::move(files.set);
  evaluation.paths = std::move(files.paths);
  evaluation.predictions = std::move(found.photos);
  evaluation.errors = std::move(found.errors);
  add_metrics(evaluation.report, evaluation.set, evaluation.predictions, found.corrupted, card.thresholds);
}

std::string test_set_text(const EvaluateOptions& options, const std::string& place) {
  const std::size_t models = options.models.size();
  std::string text = "photos of " + place;
  if (options.external_data) {
    text += " (external data)";
    if (models > 1) text += ", each predicted by all of " + std::to_string(models) + " models";
  } else if (models == 1) {
    text += " that were held out from training";
  } else {
    text += ", each predicted by those of " + std::to_string(models) + " models that did not learn from it";
  }
  if (!options.exclude.empty()) text += ", without those listed in " + options.exclude.filename().string();
  return text;
}

// Says what is missing where there is nothing to measure with.
void check_found(const EvaluateOptions& options, const EvaluationReport& report) {
  const fs::path& folder = options.photos.folder.empty() ? options.features : options.photos.folder;
  if (report.metrics.photos == 0 && (options.external_data || report.unreadable > 0)) {
    fail(folder, "photos to measure with",
         "none" + (report.unreadable > 0 ? " that could be read, but " + report.first_unreadable : std::string()));
  }
  if (report.metrics.photos == 0) fail(folder, "photos that the models did not learn from", "none");
  if (!options.photos.negatives.empty() && report.negatives.photos == 0) {
    fail(options.photos.negatives, "photos to measure with", "none that could be read");
  }
}

}  // namespace

ModelEvaluation evaluate_models(const EvaluateOptions& options) {
  ModelEvaluation evaluation;
  for (const fs::path& folder : options.models) evaluation.models.push_back(open_trained_model(folder));
  for (const TrainedModel& model : evaluation.models) {
    check_classes(model, evaluation.models.front().bundle.card.labels);
  }
  if (options.photos.folder.empty()) {
    evaluate_stored(options, evaluation);
  } else {
    evaluate_files(options, evaluation);
  }
  EvaluationReport& report = evaluation.report;
  check_found(options, report);
  report.test_set = test_set_text(options, evaluation.set.name);
  for (const TrainedModel& model : evaluation.models) report.models.push_back(model.folder.string());
  report.data_digest = evaluation.set.digest;
  report.exclusions_digest_of = exclusions_digest_of(evaluation.set.samples);
  const auto in_use =
      std::count_if(evaluation.set.samples.begin(), evaluation.set.samples.end(),
                    [](const Sample& one) { return one.split != Split::kLeftOut && one.label != kNegative; });
  report.all_judged = report.metrics.photos + report.unreadable >= static_cast<std::size_t>(in_use);
  return evaluation;
}

}  // namespace catdog
