#include "tracking/run.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdio>

#include "support/files.h"
#include "support/hash.h"
#include "support/say.h"
#include "tracking/model_package.h"
#include "tracking/run_files.h"

namespace catdog::tracking {
namespace fs = std::filesystem;
namespace {

constexpr double kGreeting = 10;  // seconds that the constructor waits for the store to know the run
constexpr double kForever = 1e9;  // seconds
constexpr std::size_t kMaxDigest = 36, kMaxDatasetName = 500;  // MLflow's limits

void say_on_stderr(const std::string& line) { catdog::say("tracking: " + line); }

std::string first_of(const std::string& a, const std::string& b, const std::string& c) {
  return !a.empty() ? a : !b.empty() ? b : c;
}

std::string user_name() {
  const std::string name = environment("LOGNAME");
  if (!name.empty()) return name;
  const passwd* entry = ::getpwuid(::getuid());
  return entry ? entry->pw_name : std::to_string(::getuid());
}

std::string program_path() {
  std::error_code failed;
  const fs::path path = fs::read_symlink("/proc/self/exe", failed);
  return failed ? "unknown" : path.string();
}

// Where the run was begun; empty for a new one.
std::string recorded_uri(const Journal& journal) {
  const std::optional<Record> first = journal.read(0);
  if (!first) return "";
  if (first->json.at("type") != "run") throw std::runtime_error("expected a run at the start of its tracking journal");
  return first->json.at("uri");
}

// The address where the run was begun, with the user and password of the one given now.
Destination same_destination(const std::string& recorded, const std::string& given) {
  const Destination now = given.empty() ? destination_of(recorded) : destination_of(given);
  if (now.uri == recorded) return now;
  throw std::runtime_error("expected the address where this run was begun (" + recorded + "), found " + now.uri);
}

std::string sync_command(const RunOptions& options) {
  return options.sync_command.empty() ? "catdog-sync " + options.folder.string() : options.sync_command;
}

// Parts divided by '/', none of them empty, "." or "..".
std::string checked_path(const std::string& path) {
  const fs::path normal = fs::path(path).lexically_normal();
  if (path.empty() || normal.is_absolute() || normal.generic_string() != path || *normal.begin() == ".." ||
      normal == "." || !normal.has_filename()) {
    throw std::runtime_error("expected a path below the run's artifacts such as \"plots/roc.png\", found \"" + path +
                             '"');
  }
  return path;
}

}  // namespace

Run::Run(RunOptions options) : options_(std::move(options)) {
  if (!options_.say) options_.say = say_on_stderr;
  fs::create_directories(options_.folder);
  journal_ = std::make_unique<Journal>(options_.folder / kJournalFile);
  const std::string recorded = recorded_uri(*journal_);
  resumed_ = !recorded.empty();
  options_.finish_timeout = finish_timeout(options_.finish_timeout);
  const Destination destination = resumed_ ? same_destination(recorded, options_.uri) : destination_of(options_.uri);
  options_.uri = destination.uri;
  if (!resumed_) begin();
  if (resumed_) journal_->append("status/" + std::to_string(journal_->count()), "status", {{"status", "RUNNING"}});
  sender_ = std::make_unique<Sender>(*journal_, options_.folder, destination, options_.say);
  sender_->wait_for(journal_->size(), kGreeting);
  if (const std::string reason = sender_->blocked(); !reason.empty()) {
    finished_ = true;
    throw std::runtime_error(reason);
  }
  if (options_.system_metrics > 0) {
    const double seconds = system_metrics_interval(options_.system_metrics);
    system_ = std::make_unique<SystemMetrics>(*journal_, options_.folder, seconds, options_.say);
  }
}

Run::~Run() {
  if (finished_ || !sender_) return;
  try {
    const Unsent unsent = finish(RunStatus::kFailed);
    if (unsent.records > 0) options_.say(unsent.text);
  } catch (const std::exception& problem) {
    options_.say(problem.what());
  }
}

void Run::begin() {
  const std::string name = first_of(options_.name, folder_name(options_.folder), "run");
  const std::string source = first_of(options_.source, program_path(), "");
  Json tags = {{"mlflow.user", user_name()},
               {"mlflow.source.name", source},
               {"mlflow.source.type", "LOCAL"},
               {"mlflow.runName", cut(name, kMaxKey)}};
  if (!options_.commit.empty()) tags["mlflow.source.git.commit"] = options_.commit;
  const std::string parent = first_of(options_.parent, environment("MLFLOW_PARENT_RUN_ID"), "");
  if (!parent.empty()) tags["mlflow.parentRunId"] = parent;
  for (const auto& [key, value] : options_.tags) tags[accepted_name(key)] = cut(value, kMaxTag);
  journal_->append("run", "run",
                   {{"uri", options_.uri},
                    {"run", random_id()},
                    {"experiment", first_of(options_.experiment, environment("MLFLOW_EXPERIMENT_NAME"), "Default")},
                    {"name", cut(name, kMaxKey)},
                    {"user", user_name()},
                    {"existing", environment("MLFLOW_RUN_ID")},
                    {"tags", tags}});
  if (!environment("MLFLOW_RUN_ID").empty()) set_tags(options_.tags);
}

void Run::log_params(const std::map<std::string, std::string>& params) {
  for (const auto& [name, value] : params) {
    const std::string key = accepted_name(name);
    journal_->append("params/" + key, "params", {{"values", {{key, cut(value, kMaxParam)}}}});
  }
}

void Run::log_metrics(std::int64_t step, const std::map<std::string, double>& metrics) {
  append_metrics(step, metrics, "");
}

void Run::log_model_metrics(std::int64_t step, const std::map<std::string, double>& metrics) {
  if (model_.empty()) throw std::runtime_error("expected a logged model that the metrics are about, found none");
  append_metrics(step, metrics, model_);
}

void Run::append_metrics(std::int64_t step, const std::map<std::string, double>& metrics, const std::string& model) {
  if (metrics.empty()) return;
  Json values = Json::object();
  std::string names;
  for (const auto& [name, value] : metrics) {
    const std::string key = accepted_name(name);
    values[key] = json_number(value);
    names += key + '\n';
  }
  const std::string id = "metrics/" + id_of(names).substr(0, 8) + '/' + std::to_string(step);
  Json record = {{"step", step}, {"values", values}};
  if (!model.empty()) record["model"] = model;
  journal_->append(id, "metrics", record);
}

void Run::set_tags(const std::map<std::string, std::string>& tags) {
  if (tags.empty()) return;
  Json values = Json::object();
  for (const auto& [name, value] : tags) values[accepted_name(name)] = cut(value, kMaxTag);
  journal_->append("tags/" + std::to_string(journal_->count()), "tags", {{"values", values}});
}

void Run::log_dataset(Dataset dataset) {
  const std::string digest = cut(dataset.digest, kMaxDigest);
  journal_->append("dataset/" + dataset.context + '/' + digest, "dataset",
                   {{"name", cut(dataset.name, kMaxDatasetName)},
                    {"digest", digest},
                    {"context", dataset.context},
                    {"source", dataset.source},
                    {"profile", dataset.profile}});
}

void Run::keep_copy(const fs::path& file, const std::string& copy) {
  const fs::path target = options_.folder / copy;
  fs::create_directories(target.parent_path());
  fs::copy_file(file, target, fs::copy_options::overwrite_existing);
  sync_to_disk(target);
}

void Run::log_file(const fs::path& file, const std::string& path) {
  const std::string hash = sha256_of_file(file).substr(0, 16), start = "artifact/" + path + "//";
  const std::size_t before = journal_->count(start);
  if (before > 0 && journal_->has(start + std::to_string(before - 1) + '/' + hash)) return;
  const std::string number = std::to_string(journal_->count());
  const std::string copy = std::string(kCopiesFolder) + '/' + number + '-' + hash;
  keep_copy(file, copy);
  journal_->append(start + std::to_string(before) + '/' + hash, "artifact", {{"path", path}, {"copy", copy}});
}

void Run::log_artifact(const fs::path& file, const std::string& path) {
  checked_path(path);
  if (!fs::is_directory(file)) return log_file(file, path);
  for (const std::string& name : list_files(file)) log_file(file / name, path + '/' + name);
}

void Run::log_model(const fs::path& bundle, const std::string& name) {
  checked_path(name);
  read_card(bundle);
  const std::string hash = sha256_of_file(bundle / "model.onnx").substr(0, 16);
  model_ = "model/" + name + '/' + hash;
  if (journal_->has(model_)) return;
  const std::string copy = std::string(kCopiesFolder) + "/model-" + id_of(model_).substr(0, 16);
  for (const char* file : {"model.onnx", "model.json"}) keep_copy(bundle / file, copy + '/' + file);
  const std::string run = journal_->read(0)->json.at("run");
  journal_->append(model_, "model", {{"name", name}, {"copy", copy}, {"event", run + '/' + model_}});
}

void Run::register_model(const std::string& name, const Measure& measure) {
  if (model_.empty()) throw std::runtime_error("expected a logged model to register as " + name + ", found none");
  journal_->append("register/" + name + '/' + model_, "register",
                   {{"name", name},
                    {"model", model_},
                    {"metric", measure.metric},
                    {"value", json_number(measure.value)},
                    {"test_set", measure.test_set},
                    {"higher_is_better", measure.higher_is_better}});
}

Unsent Run::finish(RunStatus status) {
  finished_ = true;
  system_.reset();
  journal_->append("status/" + std::to_string(journal_->count()), "status", {{"status", status_name(status)}});
  return sender_->finish(options_.patience, options_.finish_timeout, sync_command(options_));
}

Unsent sync(const fs::path& folder, const std::string& uri, Say say) {
  if (!fs::exists(folder / kJournalFile)) {
    throw std::runtime_error(folder.string() + ": expected the folder of a tracked training, found no " + kJournalFile);
  }
  Journal journal(folder / kJournalFile);
  const std::string recorded = recorded_uri(journal);
  if (recorded.empty()) throw std::runtime_error((folder / kJournalFile).string() + ": expected a run, found nothing");
  const Destination destination = destination_of(uri.empty() ? recorded : uri);
  Sender sender(journal, folder, destination, say ? std::move(say) : Say(say_on_stderr));
  return sender.finish(kForever, finish_timeout(kForever), "catdog-sync " + folder.string());
}

}  // namespace catdog::tracking
