// catdog-train average on the command line.
#include <filesystem>
#include <vector>

#include "support/tool.h"
#include "training/average.h"
#include "training/commands.h"
#include "training/common_options.h"

namespace catdog {

int average_command(int argc, char** argv) {
  std::vector<std::filesystem::path> runs;
  TrainOptions options;
  options.licence = options.data_origin = options.data_licence = "";  // as the trainings say
  CLI::App app{
      "Makes one network of several: the mean of the weights of trainings that started from the same pretrained ones\n"
      "(--pretrained), with other seeds, crops or lengths. It can be better than each, and costs no more to use.\n"
      "The photos must be those of the trainings: give the same --features, --other and --exclude.",
      "catdog-train average"};
  app.add_option("runs", runs, "Folders of finished trainings; at least two")
      ->required()
      ->expected(2, 1000)
      ->type_name("RUN");
  add_data_options(app, options);
  add_result_options(app, options);
  for (const char* word : {"--licence", "--data-origin", "--data-licence"}) {
    app.get_option(word)->default_str("what the trainings say, if they agree");
  }
  app.footer(
      "Example:\n  catdog-train average runs/first runs/second --features features --other other \\\n"
      "    --out runs/mean");
  return run_tool(app, argc, argv, [&] { average(runs, options); });
}

}  // namespace catdog
