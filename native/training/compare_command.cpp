// catdog-train compare on the command line.
#include <cstdio>

#include "catdog/text.h"
#include "evaluation/compare.h"
#include "support/tool.h"
#include "training/commands.h"

namespace catdog {

int compare_command(int argc, char** argv) {
  CompareOptions options;
  CLI::App app{
      "Puts trained networks side by side. With a feature store all are measured on the same photos, of which none\n"
      "learned, and McNemar's test says whether the first two differ by more than chance.",
      "catdog-train compare"};
  app.add_option("runs", options.runs, "Folders of trainings, or model bundles; at least two")
      ->required()
      ->expected(2, 1000)
      ->type_name("RUN");
  app.add_option("--features", options.features, "Feature store with the photos to measure on")->type_name("DIR");
  app.add_option("--exclude", options.exclude,
                 "Leave out the photos that this file lists: one path a line, or a CSV with a column 'path'")
      ->type_name("FILE");
  app.add_option("--json", options.json, "Write the table as JSON")->type_name("FILE.json");
  app.add_flag("--all", options.all, "All photos of the store: it is another data set than the runs were trained on");
  app.add_option("--threads", options.threads, "0: one for each core (the time for a photo is that of one thread)")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  app.footer("Example:\n  catdog-train compare runs/first runs/second --features features");
  return run_tool(app, argc, argv, [&] { std::fputs(visible_lines(compare(options)).c_str(), stdout); });
}

}  // namespace catdog
