// catdog-evaluate on the command line.
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "catdog/text.h"
#include "evaluation/compare.h"
#include "evaluation/evaluate_models.h"
#include "evaluation/evaluation_files.h"
#include "evaluation/evaluation_text.h"
#include "inference/engine.h"
#include "model/shipped_model.h"
#include "support/progress.h"
#include "support/tool.h"

namespace {

using namespace catdog;

// Files to write; empty: not wanted.
struct OutputOptions {
  std::filesystem::path report, label_issues, json, csv;
  std::string record;  // the test set's name
};

void print(const std::string& text) { std::fputs(visible_lines(text).c_str(), stdout); }

void add_shared_options(CLI::App& app, std::filesystem::path& exclude, std::filesystem::path& json, bool& external_data,
                        int& threads) {
  app.add_option("--exclude", exclude,
                 "Leave out the photos that this file lists: one path a line, or a CSV with a column 'path'")
      ->type_name("FILE");
  app.add_flag("--external-data", external_data,
               "All photos, not only those held out: none of the models was trained with any of them");
  app.add_option("--json", json, "Write the metrics as JSON")->check(no_name)->type_name("FILE.json");
  app.add_option("--threads", threads, "0: one for each core")->capture_default_str()->check(CLI::Range(0, 1024));
}

int compare_command(int argc, char** argv) {
  CompareOptions options;
  std::filesystem::path json;
  CLI::App app{
      "Puts trained networks side by side. With a feature store all are measured on the same photos, of which none\n"
      "learned, and McNemar's test says whether the first two differ by more than chance.",
      "catdog-evaluate compare"};
  app.add_option("models", options.models, "Model bundles, or folders of trainings; at least two")
      ->required()
      ->expected(2, 1000)
      ->type_name("MODEL");
  app.add_option("--features", options.features, "Feature store with the photos to measure on")->type_name("DIR");
  add_shared_options(app, options.exclude, json, options.external_data, options.threads);
  app.footer("Example:\n  catdog-evaluate compare runs/first runs/second --features features");
  return run_tool(app, argc, argv, [&] {
    const Comparison comparison = compare_models(options);
    print(comparison_text(comparison));
    if (!json.empty()) write_json(json, to_json(comparison));
  });
}

void add_photo_options(CLI::App& app, EvaluateOptions& options) {
  FileSetOptions& photos = options.photos;
  auto* const folder = app.add_option("--photos", photos.folder, "Folder of photos, one folder for each class")
                           ->type_name("FOLDER")
                           ->check(no_name);
  app.add_option("--features", options.features, "Feature store with the photos, instead of --photos")
      ->type_name("DIR")
      ->check(no_name)
      ->excludes(folder);
  const std::map<std::string, Layout> layouts = {
      {"folders", Layout::kFolders}, {"flat", Layout::kFlat}, {"sources", Layout::kSources}};
  app.add_option("--layout", photos.layout,
                 "folders: a folder for each class; flat: one folder, labels from names such as cat.0.jpg;\n"
                 "sources: folders of class folders, measured also each by itself (default: folders)")
      ->transform(CLI::CheckedTransformer(layouts))
      ->type_name("folders|flat|sources")
      ->needs(folder);
  app.add_option("--negative-class", photos.negative_class,
                 "The class folder, such as Other, of photos that show none of the classes")
      ->type_name("NAME")
      ->needs(folder);
  app.add_option("--negatives", photos.negatives,
                 "Folder of photos that show none of the classes, which the models were not trained with")
      ->type_name("FOLDER")
      ->check(no_name)
      ->needs(folder);
  app.add_flag("--corruptions", options.corruptions,
               "Also the photos sideways, dark, blurred, compressed (JPEG quality 30), small (64 pixels) and grey")
      ->needs(folder);
  app.add_option("--seed", photos.seed, "Of catdog-features, when it split these photos for the training")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->needs(folder);
  app.add_option("--validation", photos.validation_share, "Likewise: the share of photos held out")
      ->capture_default_str()
      ->check(number_from(0.0, 1.0))
      ->needs(folder);
  app.add_option("--size", photos.size, "Likewise: the side of the pictures in pixels (default: the model's input)")
      ->check(CLI::Range(8, 1024))
      ->needs(folder);
  app.add_option("--precision", options.precision,
                 "Numbers that the networks compute with: float32, or int16 (fixed point, faster), which needs models\n"
                 "that state their tensors' ranges (default: int16 where a model does)")
      ->transform(CLI::CheckedTransformer(precisions()))
      ->type_name("float32|int16");
}

void add_output_options(CLI::App& app, OutputOptions& outputs) {
  app.add_option("--csv", outputs.csv, "Write the predictions, as catdog-classify does")
      ->check(no_name)
      ->type_name("FILE.csv");
  app.add_option("--report", outputs.report, "Write a page with curves and photos")
      ->check(no_name)
      ->type_name("FILE.html");
  app.add_option("--label-issues", outputs.label_issues, "Write a list of the photos whose label is probably wrong")
      ->check(no_name)
      ->type_name("FILE.csv");
  app.add_option("--record", outputs.record,
                 "Write the metrics into the bundle's model.json, as those of this test set")
      ->check(no_name)
      ->type_name("NAME");
}

std::string label_issues_text(const EvaluationReport& report, const std::filesystem::path& file) {
  std::string text = "\n" + format_count(report.label_issues.size()) + " of " + format_count(report.metrics.photos) +
                     " photos probably have a wrong label: " + file.string() + "\n";
  if (!report.all_judged) {
    text +=
        "Only photos that a model held out can be collected; train with --fold 1/5 to 5/5 and name all five runs to "
        "have each photo predicted.\n";
  }
  return text;
}

void write_all(const OutputOptions& outputs, const ModelEvaluation& evaluation) {
  const EvaluationReport& report = evaluation.report;
  if (!outputs.csv.empty()) write_predictions(outputs.csv, evaluation);
  if (!outputs.json.empty()) write_json(outputs.json, to_json(report));
  if (!outputs.label_issues.empty()) {
    write_label_issues(outputs.label_issues, report.label_issues, evaluation.set, report.predictions.rows);
    print(label_issues_text(report, outputs.label_issues));
  }
  if (!outputs.report.empty()) {
    write_report(outputs.report, evaluation, !outputs.label_issues.empty());
    print("\nReport: " + outputs.report.string() + "\n");
  }
  if (!outputs.record.empty()) record_metrics(evaluation, outputs.record);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string(argv[1]) == "compare") return compare_command(argc - 1, argv + 1);
  EvaluateOptions options;
  OutputOptions outputs;
  CLI::App app{
      "Measures networks on photos that they did not learn from, with the engine of catdog-classify. Of several "
      "models\n"
      "that held out different folds, each photo is predicted by those that did not learn from it.",
      "catdog-evaluate"};
  app.add_option("models", options.models, "Model bundles, or folders of trainings (default: the shipped model)")
      ->type_name("MODEL");
  add_photo_options(app, options);
  add_shared_options(app, options.exclude, outputs.json, options.external_data, options.threads);
  add_output_options(app, outputs);
  app.footer(
      "Examples:\n"
      "  catdog-evaluate --photos PetImages\n"
      "  catdog-evaluate my-model --photos pets --external-data --corruptions --negatives things\n"
      "  catdog-evaluate my-model --photos collections --layout sources --negative-class Other --external-data\n"
      "  catdog-evaluate runs/fold-* --features features --label-issues issues.csv --report issues.html\n\n"
      "Besides (with its own --help):\n"
      "  catdog-evaluate compare MODEL MODEL…   puts networks side by side\n\n"
      "Exit code: 0 fine (also where single photos cannot be read), 1 nothing could be measured, 2 wrong usage.");
  return run_tool(app, argc, argv, [&] {
    if (options.photos.folder.empty() && options.features.empty()) {
      throw UsageError("expected --photos FOLDER or --features DIR, found neither; try 'catdog-evaluate --help'");
    }
    if (options.models.empty()) options.models = {shipped_model()};
    if (!outputs.record.empty() && options.models.size() != 1) {
      throw UsageError("--record: expected one model, found " + std::to_string(options.models.size()));
    }
    const ModelEvaluation evaluation = evaluate_models(options);
    print(evaluation_text(evaluation.report));
    write_all(outputs, evaluation);
  });
}
