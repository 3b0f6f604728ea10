// Runs on an MLflow server, version 3 or newer.
#pragma once

#include <functional>

#include "tracking/store.h"

namespace catdog::tracking {

class RestStore : public Store {
 public:
  // `transport`: by default Http.
  RestStore(const Destination& destination, Backoff& backoff, RestApi::OnTrouble on_trouble,
            std::unique_ptr<Transport> transport = nullptr);
  RunPlace open_run(const RunDescription& run, bool doubtful) override;
  void log_batch(const RunPlace& place, const Batch& batch, bool doubtful) override;
  void log_dataset(const RunPlace& place, const Dataset& dataset) override;
  void log_artifact(const RunPlace& place, const std::filesystem::path& file, const std::string& path) override;
  std::string log_model(const RunPlace& place, const ModelToLog& model, bool doubtful) override;
  Registration register_model(const RunPlace& place, const std::string& name, const std::string& model_id,
                              const Measure& measure, bool doubtful) override;
  void set_status(const RunPlace& place, RunStatus status, std::int64_t time) override;

 private:
  std::string experiment_id(const std::string& name);
  Json find_run(const std::string& experiment_id, const std::string& id);
  // Asks for page after page until `done` says so or there is none. Throws Rejected where they do not end.
  void for_each_page(Call call, const std::function<bool(const Json&)>& done);
  Batch missing_of(const RunPlace& place, const Batch& batch);
  Json find_model(const RunPlace& place, const std::string& event);
  Json find_version(const RunPlace& place, const std::string& name, const std::string& model_id);
  // `folder`: the server's address of an artifact folder.
  void put(const std::string& folder, const std::string& path, const std::filesystem::path& file);
  Registration promote(const std::string& name, const std::string& version, const Measure& measure);

  RestApi api_;
};

}  // namespace catdog::tracking
