// catdog-train average on the command line.
#include <filesystem>
#include <string>
#include <vector>

#include "evaluation/trained_model.h"
#include "training/average.h"
#include "training/commands.h"
#include "training/common_options.h"

namespace catdog {
namespace {

// What was not said of licences and data is as the first training's bundle says.
void use_words_of(const std::filesystem::path& run, const CLI::App& app, TrainOptions& options) {
  const nlohmann::ordered_json card = open_trained_model(run).card;
  const nlohmann::ordered_json data = card.value("data", nlohmann::ordered_json::object());
  if (app.count("--licence") == 0) options.licence = card.value("licence", options.licence);
  if (app.count("--data-origin") == 0) options.data_origin = data.value("origin", options.data_origin);
  if (app.count("--data-licence") == 0) options.data_licence = data.value("licence", options.data_licence);
}

}  // namespace

int average_command(int argc, char** argv) {
  std::vector<std::filesystem::path> runs;
  TrainOptions options;
  CLI::App app{
      "Makes one network of several: the mean of the weights of trainings that started from the same pretrained ones\n"
      "(--pretrained), with other seeds, crops or lengths. It is often better than each, and costs no more to use.",
      "catdog-train average"};
  app.add_option("runs", runs, "Folders of finished trainings; at least two")
      ->required()
      ->expected(2, 1000)
      ->type_name("RUN");
  add_data_options(app, options);
  add_result_options(app, options);
  app.footer("Example:\n  catdog-train average runs/first runs/second --features features --out runs/mean");
  return run_tool(app, argc, argv, [&] {
    use_words_of(runs.front(), app, options);
    average(runs, options);
  });
}

}  // namespace catdog
