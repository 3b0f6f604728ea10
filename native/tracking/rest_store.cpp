#include "tracking/rest_store.h"

#include <map>
#include <set>
#include <tuple>

#include "catdog/text.h"
#include "tracking/local_artifacts.h"

namespace catdog::tracking {
namespace fs = std::filesystem;
namespace {

constexpr const char* kRunTag = "catdog.tracking.run";  // finds a run again whose creation was not answered
constexpr const char* kPageSize = "20000";
constexpr int kMaxPages = 200;  // four million points of one metric
constexpr int kExperimentAttempts = 5;

Json tags_json(const std::vector<Named>& tags) {
  Json json = Json::array();
  for (const Named& tag : tags) json.push_back({{"key", tag.key}, {"value", tag.value}});
  return json;
}

RunPlace place_of(const Json& run) {
  const Json& info = object_member(run, "info");
  return {text_member(info, "experiment_id"), text_member(info, "run_id"),
          without_login(text_member(info, "artifact_uri"))};
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

RestStore::RestStore(const Destination& destination, Backoff& backoff, RestApi::OnTrouble on_trouble,
                     std::unique_ptr<Transport> transport)
    : api_(destination, backoff, std::move(on_trouble), std::move(transport)) {}

std::string RestStore::experiment_id(const std::string& name) {
  for (int attempt = 0; attempt < kExperimentAttempts; ++attempt) {
    const Json found = api_.find("mlflow/experiments/get-by-name", {{"experiment_name", name}});
    if (!found.is_null()) {
      const Json& experiment = object_member(found, "experiment");
      const std::string stage = optional_text_member(experiment, "lifecycle_stage");
      if (!stage.empty() && stage != "active") {
        throw Rejected(api_.address() + ": the experiment \"" + name + "\" is deleted; restore it, or name another",
                       404, "");
      }
      return text_member(experiment, "experiment_id");
    }
    try {
      const Json made = api_.call({"POST", "mlflow/experiments/create", experiment_json(name), {}, {}});
      return text_member(made, "experiment_id");
    } catch (const Rejected& rejected) {
      // Another training was faster, or the server had taken our first try: look again.
      if (rejected.code != "RESOURCE_ALREADY_EXISTS") throw;
    }
  }
  throw Rejected(api_.address() + ": expected the experiment \"" + name +
                     "\", found a server that says it is missing and says it exists",
                 0, "");
}

Json RestStore::find_run(const std::string& experiment_id, const std::string& id) {
  const Json found = api_.call({"POST",
                                "mlflow/runs/search",
                                {{"experiment_ids", {experiment_id}},
                                 {"filter", std::string("tags.`") + kRunTag + "` = '" + id + "'"},
                                 {"max_results", 1}},
                                {},
                                {}});
  const Json& runs = object_list_member(found, "runs");
  return runs.empty() ? Json() : runs[0];
}

RunPlace RestStore::open_run(const RunDescription& run, bool doubtful) {
  if (!run.existing.empty()) {
    const Json found = api_.find("mlflow/runs/get", {{"run_id", run.existing}});
    if (found.is_null()) throw Rejected(api_.address() + " has no run " + run.existing + " (MLFLOW_RUN_ID)", 404, "");
    const RunPlace place = place_of(object_member(found, "run"));
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
  return place_of(found.is_null() ? object_member(made, "run") : found);
}

void RestStore::for_each_page(Call call, const std::function<bool(const Json&)>& done) {
  Json& asked = call.method == "GET" ? call.query : call.body;
  for (int pages = 0; pages < kMaxPages; ++pages) {
    const Json page = api_.call(call);
    const std::string next = optional_text_member(page, "next_page_token");
    if (done(page) || next.empty()) return;
    asked["page_token"] = next;
  }
  throw Rejected(api_.address() + ": expected a list of " + call.path + " that ends, found more than " +
                     std::to_string(kMaxPages) + " pages",
                 0, "");
}

Batch RestStore::missing_of(const RunPlace& place, const Batch& batch) {
  using Point = std::tuple<std::string, std::int64_t, std::int64_t>;
  std::set<Point> wanted, there;
  std::set<std::string> asked;
  for (const Metric& metric : batch.metrics) wanted.emplace(metric.key, metric.time, metric.step);
  for (const Metric& metric : batch.metrics) {
    if (!asked.insert(metric.key).second) continue;
    const Json query = {{"run_id", place.run_id}, {"metric_key", metric.key}, {"max_results", kPageSize}};
    for_each_page({"GET", "mlflow/metrics/get-history", {}, query, {}}, [&](const Json& page) {
      for (const Json& found : object_list_member(page, "metrics")) {
        const Point point{metric.key, integer_member(found, "timestamp"), integer_member(found, "step")};
        if (wanted.count(point) > 0) there.insert(point);
      }
      return false;
    });
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
  const std::size_t colon = folder.find(':');
  const std::string scheme = colon == std::string::npos ? "" : folder.substr(0, colon);
  if (scheme == "mlflow-artifacts") {
    std::string root = folder.substr(scheme.size() + 1);
    if (root.compare(0, 2, "//") == 0) root = root.substr(std::min(root.find('/', 2), root.size()));
    while (!root.empty() && root.front() == '/') root.erase(0, 1);
    api_.call({"PUT", "mlflow-artifacts/artifacts/" + root + '/' + path, {}, {}, file});
    return;
  }
  if (folder.compare(0, 1, "/") != 0 && scheme != "file") {
    throw Rejected(api_.address() + " keeps artifacts at " + visible(cut(scheme, 20)) +
                       ":…, which this client does not reach: start the server with --serve-artifacts",
                   0, "");
  }
  // A server that does not serve artifacts expects its clients to write to its own disk.
  if (!api_.settings().local_artifacts) {
    throw Rejected(api_.address() +
                       " keeps artifacts in a folder and is on another machine: start it with --serve-artifacts, or "
                       "set CATDOG_TRACKING_LOCAL_ARTIFACTS=true where this machine has the same folder",
                   0, "");
  }
  put_in_local_folder(folder, path, file);
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
