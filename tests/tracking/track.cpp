// A training without a network, for the tests of tracking: logs made-up figures as catdog-train does, can be killed and
// started again, and says on stdout, as JSON, how it went.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iostream>
#include <limits>
#include <thread>

#include "support/files.h"
#include "support/interrupt.h"
#include "support/tool.h"
#include "tracking/run.h"

namespace {

using namespace catdog;
using namespace catdog::tracking;

struct Options {
  RunOptions run;
  int epochs = 5, pause = 0, series = 0, patience = 10;
  std::filesystem::path bundle;
  std::vector<std::string> artifact, hold;
  std::string register_as, test_set = "held-back", status = "FINISHED";
  double accuracy = 0.9;
  bool sync = false;
};

class Stopwatch {
 public:
  // How long the training was held up by one call, at most.
  template <class Call>
  void time(Call call) {
    const auto start = std::chrono::steady_clock::now();
    call();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    longest_ms = std::max(longest_ms, took.count());
  }
  double longest_ms = 0;
};

std::map<std::string, double> figures(int epoch, int series) {
  std::map<std::string, double> values = {{"train/loss", 1.0 / epoch}, {"validation/accuracy", 1 - 1.0 / (epoch + 1)}};
  if (epoch == 2) values["odd/not a number"] = std::nan("");
  if (epoch == 3) values["odd/infinite"] = std::numeric_limits<double>::infinity();
  for (int i = 0; i < series; ++i) values["series/" + std::to_string(i)] = epoch + i / 1000.0;
  return values;
}

// The epochs that are behind us, as a checkpoint would know it: one behind, now and then, what was logged.
int epochs_done(const std::filesystem::path& file) {
  int done = 0;
  std::ifstream(file) >> done;
  return done;
}

// Tests decide when the training goes on: before an epoch of --hold it waits until the file is there.
void hold(const Options& options, int epoch) {
  for (std::size_t i = 0; i + 1 < options.hold.size(); i += 2) {
    if (options.hold[i] != std::to_string(epoch)) continue;
    while (!interrupted() && !std::filesystem::exists(options.hold[i + 1])) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
}

void train(const Options& options, Run& run, Stopwatch& stopwatch) {
  run.log_params(
      {{"rate", "0.002"}, {"network", "test"}, {"class/Übergänge & more?", "1"}, {"long", std::string(9000, 'x')}});
  run.log_dataset({"pictures", "0123456789abcdef", "training", R"({"uri":"features"})", R"({"photos":12})"});
  const std::filesystem::path file = options.run.folder / "epoch";
  for (int epoch = epochs_done(file) + 1; epoch <= options.epochs; ++epoch) {
    std::this_thread::sleep_for(std::chrono::milliseconds(options.pause));
    hold(options, epoch);
    if (interrupted()) return;
    stopwatch.time([&] { run.log_metrics(epoch, figures(epoch, options.series)); });
    write_file(file, std::to_string(epoch));
  }
  run.set_tags({{"stage", "trained"}});
  if (options.artifact.size() == 2) stopwatch.time([&] { run.log_artifact(options.artifact[0], options.artifact[1]); });
  if (options.bundle.empty()) return;
  stopwatch.time([&] { run.log_model(options.bundle); });
  run.log_model_metrics(options.epochs, {{"final/accuracy", options.accuracy}});
  if (!options.register_as.empty()) {
    run.register_model(options.register_as, {"accuracy", options.accuracy, options.test_set, true});
  }
}

void report(const Unsent& unsent, const std::string& run_id, bool resumed, const Stopwatch& stopwatch) {
  std::cout << Json{{"run_id", run_id},      {"resumed", resumed},        {"unsent", unsent.records},
                    {"of", unsent.of},       {"refused", unsent.refused}, {"reason", unsent.reason},
                    {"where", unsent.where}, {"text", unsent.text},       {"longest_call_ms", stopwatch.longest_ms}}
                   .dump()
            << std::endl;
}

void run_once(const Options& options) {
  Stopwatch stopwatch;
  if (options.sync) return report(sync(options.run.folder, options.run.uri), "", false, stopwatch);
  Run run(options.run);
  train(options, run, stopwatch);
  const Unsent unsent =
      run.finish(options.status == "KILLED" || interrupted() ? RunStatus::kKilled : RunStatus::kFinished);
  report(unsent, run.id(), run.resumed(), stopwatch);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  options.run.system_metrics = 0;
  CLI::App app{"Logs a made-up training, for tests.", "track"};
  app.add_option("folder", options.run.folder, "Folder of the run")->required();
  app.add_option("--uri", options.run.uri, "Where to track");
  app.add_option("--experiment", options.run.experiment, "Name of the experiment");
  app.add_option("--name", options.run.name, "Name of the run");
  app.add_option("--parent", options.run.parent, "Id of the run this one belongs to");
  app.add_option("--commit", options.run.commit, "Commit of the sources");
  app.add_option("--system", options.run.system_metrics, "Seconds between samples of the machine's load; 0: none");
  app.add_option("--patience", options.run.patience, "Seconds without progress at the end");
  app.add_option("--finish-timeout", options.run.finish_timeout, "Seconds that the end may take");
  app.add_option("--epochs", options.epochs, "Epochs");
  app.add_option("--pause", options.pause, "Milliseconds of training in each");
  app.add_option("--hold", options.hold, "Number of an epoch, and the file that it waits for; may be repeated")
      ->type_size(2)
      ->expected(-1);
  app.add_option("--series", options.series, "Further metrics in each epoch");
  app.add_option("--artifact", options.artifact, "File or folder to log, and its path there")->expected(2);
  app.add_option("--bundle", options.bundle, "Model bundle to log");
  app.add_option("--register", options.register_as, "Name to register it under");
  app.add_option("--accuracy", options.accuracy, "Its accuracy");
  app.add_option("--test-set", options.test_set, "Digest of the photos it was measured on");
  app.add_option("--status", options.status, "FINISHED or KILLED");
  app.add_flag("--sync", options.sync, "Only send what an earlier call left");
  return run_tool(app, argc, argv, [&] { run_once(options); });
}
