// What a run consists of, and where it can be kept: one interface, two stores.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tracking/rest_api.h"
#include "tracking/settings.h"
#include "tracking/text.h"

namespace catdog::tracking {

// As MLflow names them: RUNNING, FINISHED, FAILED, KILLED.
enum class RunStatus { kRunning, kFinished, kFailed, kKilled };
const char* status_name(RunStatus status);

struct Named {
  std::string key, value;
};

struct Metric {
  std::string key;
  double value = 0;
  std::int64_t time = 0;  // ms
  std::int64_t step = 0;
  std::string model_id;  // a LoggedModel that it is about, which shows it too; empty: only the run
};

struct Batch {
  std::vector<Metric> metrics;
  std::vector<Named> params, tags;
};

struct RunDescription {
  std::string id;  // unique to this run, known before any store is: 32 hexadecimal digits
  std::string experiment, name, user;
  std::string existing;  // a run to go on with (MLFLOW_RUN_ID) instead of creating one
  std::int64_t time = 0;
  std::vector<Named> tags;
};

// Where the store keeps the run.
struct RunPlace {
  std::string experiment_id, run_id, artifacts;
};

struct Dataset {
  std::string name, digest;  // the digest at most 36 letters
  std::string context;       // "training", "validation"
  std::string source;        // where it came from: JSON or text
  std::string profile;       // counts and the like: JSON
};

struct ModelToLog {
  std::string event;             // unique to this model
  std::string name;              // of the model: also the artifact folder
  std::filesystem::path bundle;  // folder with model.onnx and model.json
  std::int64_t time = 0;
};

// How good a model is, to decide who is champion.
struct Measure {
  std::string metric;  // "accuracy"
  double value = 0;
  std::string test_set;  // only models measured on the same photos are compared: their digest
  bool higher_is_better = true;
};

struct Registration {
  std::string version;
  bool champion = false;  // the alias "champion" is on this version now
  std::string because;    // why it is, or is not
};

// Every call may be repeated: after a crash, or a failure that left open what was done, it is made again with
// `doubtful` = true and does only what is missing. Throws Rejected, Unreachable, Stopped, std::runtime_error.
class Store {
 public:
  virtual ~Store() = default;
  virtual RunPlace open_run(const RunDescription& run, bool doubtful) = 0;
  virtual void log_batch(const RunPlace& place, const Batch& batch, bool doubtful) = 0;
  virtual void log_dataset(const RunPlace& place, const Dataset& dataset) = 0;
  // `path`: below the run's artifacts, parts divided by '/'.
  virtual void log_artifact(const RunPlace& place, const std::filesystem::path& file, const std::string& path) = 0;
  // As the run's artifact folder and as a LoggedModel. Gives the model's id.
  virtual std::string log_model(const RunPlace& place, const ModelToLog& model, bool doubtful) = 0;
  virtual Registration register_model(const RunPlace& place, const std::string& name, const std::string& model_id,
                                      const Measure& measure, bool doubtful) = 0;
  virtual void set_status(const RunPlace& place, RunStatus status, std::int64_t time) = 0;
};

std::unique_ptr<Store> make_store(const Destination& destination, Backoff& backoff, RestApi::OnTrouble on_trouble);

// The tag of an experiment that makes MLflow's pages show what belongs to training, not to language models.
inline constexpr const char* kKindTag = "mlflow.experimentKind";
inline constexpr const char* kKind = "custom_model_development";

inline constexpr const char* kChampion = "champion";

// The tags of a registered version that say how good it is.
std::vector<Named> measure_tags(const Measure& measure);

// Whether `measure` beats the champion, whose tags are given; false with the reason where they cannot be compared.
bool beats(const Measure& measure, const std::vector<Named>& champion_tags, const std::string& champion_version,
           std::string& because);

}  // namespace catdog::tracking
