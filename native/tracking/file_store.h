// Runs in a folder, as MLflow's file store lays them out: readable with MLFLOW_ALLOW_FILE_STORE=true, and importable
// into a database with `mlflow migrate-filestore`.
//
//   EXPERIMENT/meta.yaml
//   EXPERIMENT/RUN/meta.yaml, params/KEY, tags/KEY, metrics/KEY ("time value step" in each line),
//                  inputs/ID/meta.yaml, outputs/MODEL/meta.yaml, artifacts/…
//   EXPERIMENT/datasets/ID/meta.yaml
//   EXPERIMENT/models/MODEL/meta.yaml, params/KEY, tags/KEY, artifacts/…
//   models/NAME/meta.yaml, aliases/ALIAS, version-N/meta.yaml, version-N/tags/KEY
#pragma once

#include "tracking/store.h"

namespace catdog::tracking {

class FileStore : public Store {
 public:
  explicit FileStore(std::filesystem::path root);
  RunPlace open_run(const RunDescription& run, bool doubtful) override;
  void log_batch(const RunPlace& place, const Batch& batch, bool doubtful) override;
  void log_dataset(const RunPlace& place, const Dataset& dataset) override;
  void log_artifact(const RunPlace& place, const std::filesystem::path& file, const std::string& path) override;
  std::string log_model(const RunPlace& place, const ModelToLog& model, bool doubtful) override;
  Registration register_model(const RunPlace& place, const std::string& name, const std::string& model_id,
                              const Measure& measure, bool doubtful) override;
  void set_status(const RunPlace& place, RunStatus status, std::int64_t time) override;

 private:
  std::string experiment_id(const std::string& name, std::int64_t time);
  std::filesystem::path run_folder(const RunPlace& place) const;
  std::filesystem::path model_folder(const RunPlace& place, const std::string& model_id) const;
  Registration promote(const std::filesystem::path& model, const std::string& version, const Measure& measure);

  std::filesystem::path root_;
};

// Held while something is decided that two trainings may want at once: the name of an experiment, a version's number.
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

// Writes a small file, and the folders it lies in.
void put_text(const std::filesystem::path& file, const std::string& text);
std::string text_in(const std::filesystem::path& file);

}  // namespace catdog::tracking
