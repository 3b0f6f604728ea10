// catdog-train evaluate on the command line.
#include <cstdio>

#include "catdog/text.h"
#include "evaluation/evaluate.h"
#include "support/tool.h"
#include "training/commands.h"

namespace catdog {

int evaluate_command(int argc, char** argv) {
  EvaluateOptions options;
  CLI::App app{
      "Measures trained networks on photos that they did not learn from, with the engine of catdog-classify.\n"
      "Of several runs that held back different folds, each photo is judged by those that did not learn from it.",
      "catdog-train evaluate"};
  app.add_option("runs", options.runs, "Folders of trainings, or model bundles")->required()->type_name("RUN");
  app.add_option("--features", options.features, "Feature store with the photos")->required()->type_name("DIR");
  app.add_option("--report", options.report, "Write a page with curves and photos")->type_name("FILE.html");
  app.add_option("--suspects", options.suspects, "Write a list of the photos whose label is probably wrong")
      ->type_name("FILE.csv");
  app.add_option("--exclude", options.exclude,
                 "Leave out the photos that this file lists: one path a line, or a CSV with a column 'path'")
      ->type_name("FILE");
  app.add_option("--json", options.json, "Write the figures as JSON")->type_name("FILE.json");
  app.add_flag("--all", options.all, "All photos of the store: it is another data set than the runs were trained on");
  app.add_option("--threads", options.threads, "0: one for each core")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  app.footer(
      "Examples:\n"
      "  catdog-train evaluate runs/first --features features --report report.html\n"
      "  catdog-train evaluate runs/fold-* --features features --suspects suspects.csv --report suspects.html");
  return run_tool(app, argc, argv, [&] { std::fputs(visible_lines(evaluate(options)).c_str(), stdout); });
}

}  // namespace catdog
