#include "tracking/rest_store.h"

#include <map>
#include <set>
#include <tuple>

#include "support/files.h"

namespace catdog::tracking {
namespace fs = std::filesystem;
namespace {

constexpr const char* kRunTag = "catdog.tracking.run";  // finds a run again whose creation was not answered
constexpr const char* kPageSize = "20000";

Json tags_json(const std::vector<Named>& tags) {
  Json json = Json::array();
  for (const Named& tag : tags) json.push_back({{"key", tag.key}, {"value", tag.value}});
  return json;
}

RunPlace place_of(const Json& run) {
  const Json& info = run.at("info");
  return {info.at("experiment_id"), info.at("run_id"), info.at("artifact_uri")};
}

Json batch_json(const RunPlace& place, const Batch& batch) {
  Json json = {{"run_id", place.run_id}};
  for (const Metric& metric : batch.metrics) {
    Json point = {
        {"key", metric.key}, {"value", json_number(metric.value)}, {"timestamp", metric.time}, {"step", metric.step}};
    if (!metric.model_id.empty()) point["model_id"] = metric.model_id;
    json["metrics"].push_back(std::move(point));
  }
  if (!batch.params.empty()) json["params"] = tags_json(batch.params);
  if (!batch.tags.empty()) json["tags"] = tags_json(batch.tags);
  return json;
}

Json experiment_json(const std::string& name) {
  Json json = {{"name", name}, {"tags", Json::array()}};
  json["tags"].push_back({{"key", kKindTag}, {"value", kKind}});
  return json;
}

bool nothing_in(const Batch& batch) { return batch.metrics.empty() && batch.params.empty() && batch.tags.empty(); }

}  // namespace

RestStore::RestStore(const Destination& destination, Pace& pace, RestApi::OnTrouble on_trouble)
    : api_(destination, pace, std::move(on_trouble)) {}

std::string RestStore::experiment_id(const std::string& name) {
  for (;;) {
    const Json found = api_.find("mlflow/experiments/get-by-name", {{"experiment_name", name}});
    if (!found.is_null()) {
      const Json& experiment = found.at("experiment");
      if (experiment.value("lifecycle_stage", "active") != "active") {
        throw Rejected(api_.address() + ": the experiment \"" + name + "\" is deleted; restore it, or name another",
                       404, "");
      }
      return experiment.at("experiment_id");
    }
    try {
      return api_.call({"POST", "mlflow/experiments/create", experiment_json(name), {}, {}}).at("experiment_id");
    } catch (const Rejected& rejected) {
      // Another training was faster, or the server had taken our first try: look again.
      if (rejected.code != "RESOURCE_ALREADY_EXISTS") throw;
    }
  }
}

Json RestStore::find_run(const std::string& experiment_id, const std::string& id) {
  const Json found = api_.call({"POST",
                                "mlflow/runs/search",
                                {{"experiment_ids", {experiment_id}},
                                 {"filter", std::string("tags.`") + kRunTag + "` = '" + id + "'"},
                                 {"max_results", 1}},
                                {},
                                {}});
  return found.contains("runs") && !found["runs"].empty() ? found["runs"][0] : Json();
}

RunPlace RestStore::open_run(const RunDescription& run, bool doubtful) {
  if (!run.existing.empty()) {
    const Json found = api_.find("mlflow/runs/get", {{"run_id", run.existing}});
    if (found.is_null()) throw Rejected(api_.address() + " has no run " + run.existing + " (MLFLOW_RUN_ID)", 404, "");
    const RunPlace place = place_of(found.at("run"));
    set_status(place, RunStatus::kRunning, run.time);
    return place;
  }
  const std::string experiment = experiment_id(run.experiment);
  Json found;
  const Json made = api_.once(doubtful, [&](bool doubt) -> std::optional<Call> {
    if (doubt) found = find_run(experiment, run.id);
    if (!found.is_null()) return std::nullopt;
    Json body = {{"experiment_id", experiment},
                 {"user_id", run.user},
                 {"run_name", run.name},
                 {"start_time", run.time},
                 {"tags", tags_json(run.tags)}};
    body["tags"].push_back({{"key", kRunTag}, {"value", run.id}});
    return Call{"POST", "mlflow/runs/create", body, {}, {}};
  });
  return place_of(found.is_null() ? made.at("run") : found);
}

Batch RestStore::missing_of(const RunPlace& place, const Batch& batch) {
  std::set<std::tuple<std::string, std::int64_t, std::int64_t>> there;
  std::set<std::string> asked;
  for (const Metric& metric : batch.metrics) {
    if (!asked.insert(metric.key).second) continue;
    Json query = {{"run_id", place.run_id}, {"metric_key", metric.key}, {"max_results", kPageSize}};
    for (;;) {
      const Json page = api_.call({"GET", "mlflow/metrics/get-history", {}, query, {}});
      for (const Json& point : page.value("metrics", Json::array())) {
        // Numbers of 64 bits may come as text in protobuf's JSON.
        const auto whole = [&](const char* name) -> std::int64_t {
          const Json value = point.value(name, Json(0));
          return value.is_string() ? std::stoll(value.get<std::string>()) : value.get<std::int64_t>();
        };
        there.emplace(metric.key, whole("timestamp"), whole("step"));
      }
      const std::string next = page.value("next_page_token", "");
      if (next.empty()) break;
      query["page_token"] = next;
    }
  }
  Batch missing{{}, batch.params, batch.tags};
  for (const Metric& metric : batch.metrics) {
    if (there.count({metric.key, metric.time, metric.step}) == 0) missing.metrics.push_back(metric);
  }
  return missing;
}

void RestStore::log_batch(const RunPlace& place, const Batch& batch, bool doubtful) {
  api_.once(doubtful, [&](bool doubt) -> std::optional<Call> {
    const Batch rest = doubt ? missing_of(place, batch) : batch;
    if (nothing_in(rest)) return std::nullopt;
    return Call{"POST", "mlflow/runs/log-batch", batch_json(place, rest), {}, {}};
  });
}

void RestStore::log_dataset(const RunPlace& place, const Dataset& dataset) {
  Json described = {
      {"name", dataset.name}, {"digest", dataset.digest}, {"source_type", "local"}, {"source", dataset.source}};
  if (!dataset.profile.empty()) described["profile"] = dataset.profile;
  Json input = {{"dataset", described}, {"tags", Json::array()}};
  input["tags"].push_back({{"key", "mlflow.data.context"}, {"value", dataset.context}});
  Json body = {{"run_id", place.run_id}, {"datasets", Json::array()}};
  body["datasets"].push_back(input);
  api_.call({"POST", "mlflow/runs/log-inputs", body, {}, {}});  // the server takes an input it has as the same
}

void RestStore::put(const std::string& folder, const std::string& path, const fs::path& file) {
  const std::string scheme = folder.substr(0, folder.find(':'));
  if (scheme == "mlflow-artifacts") {
    std::string root = folder.substr(scheme.size() + 1);
    if (root.compare(0, 2, "//") == 0) root = root.substr(std::min(root.find('/', 2), root.size()));
    while (!root.empty() && root.front() == '/') root.erase(0, 1);
    api_.call({"PUT", "mlflow-artifacts/artifacts/" + root + '/' + path, {}, {}, file});
    return;
  }
  if (folder.front() != '/' && scheme != "file") {
    throw Rejected(api_.address() + " keeps artifacts at " + scheme +
                       ":…, which this client does not reach: start the server with --serve-artifacts",
                   0, "");
  }
  // A server that does not serve artifacts expects its clients to write to its own disk.
  const fs::path target = fs::path(destination_of(folder).folder) / path;
  fs::create_directories(target.parent_path());
  fs::copy_file(file, target, fs::copy_options::overwrite_existing);
}

void RestStore::log_artifact(const RunPlace& place, const fs::path& file, const std::string& path) {
  put(place.artifacts, path, file);
}

void RestStore::set_status(const RunPlace& place, RunStatus status, std::int64_t time) {
  Json body = {{"run_id", place.run_id}, {"status", status_name(status)}};
  if (status != RunStatus::kRunning) body["end_time"] = time;
  api_.call({"POST", "mlflow/runs/update", body, {}, {}});
}

}  // namespace catdog::tracking
