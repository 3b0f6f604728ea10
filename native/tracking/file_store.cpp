#include "tracking/file_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "support/files.h"

namespace catdog::tracking {
namespace fs = std::filesystem;
namespace {

// MLflow's numbers for RUNNING, FINISHED, FAILED, KILLED.
int status_number(RunStatus status) {
  switch (status) {
    case RunStatus::kRunning: return 1;
    case RunStatus::kFinished: return 3;
    case RunStatus::kFailed: return 4;
    case RunStatus::kKilled: return 5;
  }
  return 4;
}

Json experiment_meta(const std::string& id, const std::string& name, const fs::path& folder, std::int64_t time) {
  return {{"artifact_location", folder.string()},
          {"creation_time", time},
          {"experiment_id", id},
          {"last_update_time", time},
          {"lifecycle_stage", "active"},
          {"name", name}};
}

// As MLflow does it: 18 digits at random.
std::string new_experiment_id() {
  std::random_device random;
  return std::to_string(
      std::uniform_int_distribution<std::int64_t>(100'000'000'000'000'000, 999'999'999'999'999'999)(random));
}

std::string id_of_experiment(const fs::path& root, const std::string& name) {
  for (const fs::directory_entry& entry : fs::directory_iterator(root)) {
    const fs::path meta = entry.path() / "meta.yaml";
    if (!fs::is_regular_file(meta) || yaml_value(meta, "name") != name) continue;
    if (yaml_value(meta, "lifecycle_stage") == "active") return yaml_value(meta, "experiment_id");
  }
  return "";
}

void rewrite_status(const fs::path& meta, RunStatus status, const Json& end_time) {
  std::istringstream old(text_in(meta));
  std::string line, changed;
  bool inside = false;  // of a long value that goes on in indented lines
  while (std::getline(old, line)) {
    const bool goes_on = line.compare(0, 1, " ") == 0;
    inside = goes_on ? inside : line.compare(0, 7, "status:") == 0 || line.compare(0, 9, "end_time:") == 0;
    if (!inside) changed += line + '\n';
  }
  changed += to_yaml({{"status", status_number(status)}, {"end_time", end_time}});
  put_text(meta, changed);
}

// A process that was killed while it wrote a file has left a part of it beside (support/files.h). In these folders
// every file counts as a value.
void remove_leftovers(const fs::path& run) {
  std::vector<fs::path> leftovers;
  for (const char* part : {"params", "tags", "metrics"}) {
    if (!fs::is_directory(run / part)) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(run / part)) {
      if (entry.path().extension().string().compare(0, 6, ".part-") == 0) leftovers.push_back(entry.path());
    }
  }
  for (const fs::path& leftover : leftovers) fs::remove(leftover);
}

// Adds whole lines. Where an earlier try may have done it, what it wrote stays, but for a last line that was cut short.
void add_lines(const fs::path& file, const std::string& added, bool doubtful) {
  if (doubtful && fs::exists(file)) {
    std::string there = text_in(file);
    there.resize(there.rfind('\n') == std::string::npos ? 0 : there.rfind('\n') + 1);
    std::istringstream wanted(added);
    for (std::string line; std::getline(wanted, line);) {
      line += '\n';
      if (('\n' + there).find('\n' + line) == std::string::npos) there += line;
    }
    put_text(file, there);
    return;
  }
  fs::create_directories(file.parent_path());
  std::ofstream stream(file, std::ios::binary | std::ios::app);
  stream << added << std::flush;
  stream.close();
  if (!stream) throw std::runtime_error(file.string() + ": expected to be written whole, found an error while writing");
  sync_to_disk(file);
}

}  // namespace

FolderLock::FolderLock(const fs::path& folder) : descriptor_(::open(folder.c_str(), O_RDONLY | O_CLOEXEC)) {
  while (descriptor_ < 0 || ::flock(descriptor_, LOCK_EX) != 0) {
    if (descriptor_ >= 0 && errno == EINTR) continue;
    const std::string found = std::strerror(errno);
    if (descriptor_ >= 0) ::close(descriptor_);
    throw std::runtime_error(folder.string() + ": expected a folder that can be locked, found " + found);
  }
}

FolderLock::~FolderLock() { ::close(descriptor_); }

void put_text(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  write_file(file, text);
}

std::string text_in(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

FileStore::FileStore(fs::path root) : root_(std::move(root)) {}

fs::path FileStore::run_folder(const RunPlace& place) const { return root_ / place.experiment_id / place.run_id; }

std::string FileStore::experiment_id(const std::string& name, std::int64_t time) {
  fs::create_directories(root_);
  const FolderLock lock(root_);
  if (!fs::exists(root_ / "0")) {
    put_text(root_ / "0" / "meta.yaml", to_yaml(experiment_meta("0", "Default", root_ / "0", time)));
  }
  std::string id = id_of_experiment(root_, name);
  if (!id.empty()) return id;
  id = new_experiment_id();
  put_text(root_ / id / "tags" / kKindTag, kKind);
  put_text(root_ / id / "meta.yaml", to_yaml(experiment_meta(id, name, root_ / id, time)));
  return id;
}

RunPlace FileStore::open_run(const RunDescription& run, bool doubtful) {
  if (!run.existing.empty()) {
    for (const fs::directory_entry& experiment : fs::directory_iterator(root_)) {
      const fs::path folder = experiment.path() / run.existing;
      if (!fs::is_regular_file(folder / "meta.yaml")) continue;
      const RunPlace place{experiment.path().filename(), run.existing, folder / "artifacts"};
      set_status(place, RunStatus::kRunning, run.time);
      return place;
    }
    throw std::runtime_error(root_.string() + " has no run " + run.existing + " (MLFLOW_RUN_ID)");
  }
  RunPlace place{experiment_id(run.experiment, run.time), run.id, ""};
  const fs::path folder = run_folder(place);
  place.artifacts = folder / "artifacts";
  for (const char* part : {"artifacts", "metrics", "params", "tags"}) fs::create_directories(folder / part);
  log_batch(place, {{}, {}, run.tags}, doubtful);
  if (!fs::exists(folder / "meta.yaml")) {
    put_text(folder / "meta.yaml", to_yaml({{"artifact_uri", place.artifacts},
                                            {"entry_point_name", ""},
                                            {"experiment_id", place.experiment_id},
                                            {"lifecycle_stage", "active"},
                                            {"run_id", run.id},
                                            {"run_name", run.name},
                                            {"source_name", ""},
                                            {"source_type", 4},
                                            {"source_version", ""},
                                            {"start_time", run.time},
                                            {"tags", Json::array()},
                                            {"user_id", run.user},
                                            {"status", status_number(RunStatus::kRunning)},
                                            {"end_time", nullptr}}));
  }
  return place;
}

void FileStore::log_batch(const RunPlace& place, const Batch& batch, bool doubtful) {
  const fs::path folder = run_folder(place);
  if (doubtful) remove_leftovers(folder);
  for (const Named& param : batch.params) put_text(folder / "params" / param.key, param.value);
  for (const Named& tag : batch.tags) put_text(folder / "tags" / tag.key, tag.value);
  std::map<fs::path, std::string> lines;  // by metric
  for (const Metric& metric : batch.metrics) {
    const std::string line =
        std::to_string(metric.time) + ' ' + shortest(metric.value) + ' ' + std::to_string(metric.step);
    lines[folder / "metrics" / metric.key] += line + '\n';
    if (metric.model_id.empty()) continue;
    lines[model_folder(place, metric.model_id) / "metrics" / metric.key] += line + ' ' + place.run_id + '\n';
  }
  for (const auto& [file, added] : lines) add_lines(file, added, doubtful);
}

void FileStore::log_dataset(const RunPlace& place, const Dataset& dataset) {
  const std::string id = id_of(dataset.name + '\n' + dataset.digest);
  put_text(root_ / place.experiment_id / "datasets" / id / "meta.yaml", to_yaml({{"digest", dataset.digest},
                                                                                 {"name", dataset.name},
                                                                                 {"profile", dataset.profile},
                                                                                 {"schema", ""},
                                                                                 {"source", dataset.source},
                                                                                 {"source_type", "local"}}));
  put_text(run_folder(place) / "inputs" / id_of(place.run_id + id) / "meta.yaml",
           to_yaml({{"destination_id", id},
                    {"destination_type", "RUN"},
                    {"source_id", id},
                    {"source_type", "DATASET"},
                    {"tags", {{"mlflow.data.context", dataset.context}}}}));
}

void FileStore::log_artifact(const RunPlace& place, const fs::path& file, const std::string& path) {
  const fs::path target = run_folder(place) / "artifacts" / path, beside = target.string() + ".catdog-part";
  fs::create_directories(target.parent_path());
  fs::copy_file(file, beside, fs::copy_options::overwrite_existing);
  sync_to_disk(beside);
  fs::rename(beside, target);
}

void FileStore::set_status(const RunPlace& place, RunStatus status, std::int64_t time) {
  rewrite_status(run_folder(place) / "meta.yaml", status, status == RunStatus::kRunning ? Json() : Json(time));
}

}  // namespace catdog::tracking
