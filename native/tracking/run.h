// Tracking a training with MLflow: the one header that a training needs.
//
//   catdog::tracking::Run run({.folder = "runs/first"});   (C++20; in C++17 set the members)
//   run.log_params({{"rate", "0.1"}});
//   run.log_metrics(epoch, {{"loss", 0.5}});
//   const Unsent unsent = run.finish(RunStatus::kFinished);
//
// Nothing here waits for a network or a store but the constructor (ten seconds at most) and finish() (RunOptions says
// how long), and an interrupt (support/interrupt.h) ends both waits: records go to a journal in the run's folder, and a
// thread sends them on. A training that was killed goes on with the same folder and so with the same run; what it logs
// a second time (the same metrics of the same step) is left out. When it ends before everything is sent, the rest stays
// in the folder until sync().
#pragma once

#include <map>
#include <memory>

#include "tracking/sender.h"
#include "tracking/system_metrics.h"

namespace catdog::tracking {

struct RunOptions {
  std::filesystem::path folder;  // the run's own; made when needed
  std::string uri;               // http(s)://… or a folder. Empty: MLFLOW_TRACKING_URI, else ./mlruns
  std::string experiment;        // Empty: MLFLOW_EXPERIMENT_NAME, else "Default"
  std::string name;              // of the run. Empty: the folder's
  std::string parent;            // the id of a run that this one is part of. Empty: MLFLOW_PARENT_RUN_ID, else none
  std::string source;            // the program. Empty: this one's path
  std::string commit;            // of the program's sources
  std::map<std::string, std::string> tags;
  double system_metrics = 10;   // seconds between samples of the machine's load, unless
                                // MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL says another; 0: none
  double patience = 10;         // seconds: finish() gives up when nothing has moved for so long
  double finish_timeout = 120;  // seconds: finish() gives up after so long whatever moves, uploads included, unless
                                // CATDOG_TRACKING_FINISH_TIMEOUT says another
  std::string sync_command;     // what to tell people to send the rest with. Empty: "catdog-sync FOLDER"
  Say say;                      // Empty: lines on stderr
};

class Run {
 public:
  // Starts a run, or goes on with the one whose journal is in the folder (then at the address where it was begun).
  // Throws std::runtime_error where the server refuses (a wrong password), or the folder cannot be used. A server that
  // does not answer is no reason: it gets the records later.
  explicit Run(RunOptions options);
  ~Run();  // a run that was not finished has failed
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // The MLflow run's id; empty as long as the server has not been reached.
  std::string id() const { return sender_->run_id(); }
  // Whether this goes on with a run that was begun before.
  bool resumed() const { return resumed_; }

  // From any thread. Each throws std::runtime_error where the journal cannot be written (a full disk). Names that
  // MLflow would not accept are changed (text.h, accepted_name), values that are too long are cut.

  // What was logged first stays: MLflow's parameters do not change.
  void log_params(const std::map<std::string, std::string>& params);
  // The same set of names is logged once a step; NaN and infinities are welcome.
  void log_metrics(std::int64_t step, const std::map<std::string, double>& metrics);
  void set_tags(const std::map<std::string, std::string>& tags);
  void log_dataset(Dataset dataset);
  // A copy of the file, or of all files in a folder, as it is now: it may change or go afterwards. `path`: where it
  // lies among the run's artifacts, such as "checkpoints/best.pt"; with the same contents as last time it is left out.
  void log_artifact(const std::filesystem::path& file, const std::string& path);
  // A copy of the bundle (model.onnx, model.json) as the run's artifact folder `name` and as a LoggedModel.
  void log_model(const std::filesystem::path& bundle, const std::string& name = "model");
  // Figures of the model that was logged last: metrics of the run that the model's own page shows too.
  void log_model_metrics(std::int64_t step, const std::map<std::string, double>& metrics);
  // Registers the model that was logged last. The alias "champion" moves to it when there was none, or when it is
  // better than the one before on the same test set.
  void register_model(const std::string& name, const Measure& measure);

  // Ends the run, and waits until everything is sent or it is no use.
  Unsent finish(RunStatus status);

 private:
  void begin();
  void append_metrics(std::int64_t step, const std::map<std::string, double>& metrics, const std::string& model);
  void keep_copy(const std::filesystem::path& file, const std::string& copy);
  void log_file(const std::filesystem::path& file, const std::string& path);

  RunOptions options_;
  bool resumed_ = false, finished_ = false;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<Sender> sender_;
  std::unique_ptr<SystemMetrics> system_;
  std::string model_;  // the record of the last one
};

// Sends what a training in this folder left behind. `uri`: where the server is now, should its address have changed.
// Throws std::runtime_error where there is no run, or one that is in use.
Unsent sync(const std::filesystem::path& folder, const std::string& uri = {}, Say say = {});

}  // namespace catdog::tracking
