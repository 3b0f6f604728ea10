#include "tracking/records.h"

#include <algorithm>

namespace catdog::tracking {
namespace fs = std::filesystem;
namespace {

// MLflow's limits for one call of log-batch, and room for what JSON adds to each value.
constexpr std::size_t kMaxMetrics = 1000, kMaxParams = 100, kMaxTags = 100, kMaxAll = 1000;
constexpr std::size_t kMaxBytes = 900'000, kBytesAround = 100;

struct Load {
  std::size_t metrics = 0, params = 0, tags = 0, bytes = 0;

  void add(const Json& record) {
    const std::string type = record.at("type");
    const Json& values = record.at("values");
    (type == "metrics" ? metrics : type == "params" ? params : tags) += values.size();
    bytes += record.dump().size() + values.size() * kBytesAround;
  }
  bool fits() const {
    return metrics <= kMaxMetrics && params <= kMaxParams && tags <= kMaxTags && metrics + params + tags <= kMaxAll &&
           bytes <= kMaxBytes;
  }
};

bool batchable(const Json& record) {
  const std::string type = record.at("type");
  return type == "metrics" || type == "params" || type == "tags";
}

std::vector<Named> named(const Json& values) {
  std::vector<Named> all;
  for (const auto& [key, value] : values.items()) all.push_back({key, value.get<std::string>()});
  return all;
}

// The id of the model that figures are about; empty where they are about none, or the store did not take it.
std::string model_id_of(const Json& record, const SyncState& sent) {
  const std::string model = record.value("model", "");
  return sent.results.contains(model) ? sent.results.at(model).get<std::string>() : "";
}

Batch batch_of(const Bundle& bundle, const SyncState& sent) {
  Batch batch;
  for (const Record& record : bundle.records) {
    const Json& json = record.json;
    const std::string type = json.at("type");
    if (type == "metrics") {
      const std::string model_id = model_id_of(json, sent);
      for (const auto& [key, value] : json.at("values").items()) {
        batch.metrics.push_back({key, number_of(value), json.at("time"), json.at("step"), model_id});
      }
      continue;
    }
    // A tag that is set twice is sent once, as it was set last: the order inside one call is the server's affair.
    std::vector<Named>& all = type == "params" ? batch.params : batch.tags;
    for (const Named& one : named(json.at("values"))) {
      const auto there = std::find_if(all.begin(), all.end(), [&](const Named& other) { return other.key == one.key; });
      there == all.end() ? all.push_back(one) : static_cast<void>(there->value = one.value);
    }
  }
  return batch;
}

RunDescription description_of(const Json& json) {
  return {json.at("run"),      json.at("experiment"), json.at("name"),       json.at("user"),
          json.at("existing"), json.at("time"),       named(json.at("tags"))};
}

RunStatus status_of(const std::string& name) {
  for (const RunStatus status : {RunStatus::kRunning, RunStatus::kFinished, RunStatus::kKilled}) {
    if (name == status_name(status)) return status;
  }
  return RunStatus::kFailed;
}

std::string register_model(Store& store, const Json& json, SyncState& sent, bool doubtful) {
  const std::string name = json.at("name"), model = json.at("model");
  const Measure measure{json.at("metric"), number_of(json.at("value")), json.at("test_set"),
                        json.at("higher_is_better")};
  if (!sent.results.contains(model)) throw Rejected("the model to register was not taken", 400, "");
  const Registration made = store.register_model(sent.place, name, sent.results.at(model), measure, doubtful);
  sent.results[json.at("id").get<std::string>()] = {{"version", made.version}, {"champion", made.champion}};
  return "registered as version " + made.version + " of " + name + (made.champion ? ", the champion: " : "; ") +
         made.because;
}

std::string apply_one(Store& store, const Json& json, const fs::path& folder, SyncState& sent, bool doubtful) {
  const std::string type = json.at("type"), id = json.at("id");
  if (type == "run") {
    sent.place = store.open_run(description_of(json), doubtful);
  } else if (type == "dataset") {
    store.log_dataset(sent.place,
                      {json.at("name"), json.at("digest"), json.at("context"), json.at("source"), json.at("profile")});
  } else if (type == "artifact") {
    store.log_artifact(sent.place, folder / json.at("copy").get<std::string>(), json.at("path"));
  } else if (type == "model") {
    const fs::path copy = folder / json.at("copy").get<std::string>();
    sent.results[id] =
        store.log_model(sent.place, {json.at("event"), json.at("name"), copy, json.at("time")}, doubtful);
  } else if (type == "register") {
    return register_model(store, json, sent, doubtful);
  } else if (type == "status") {
    store.set_status(sent.place, status_of(json.at("status")), json.at("time"));
  } else {
    throw std::runtime_error("expected a known type of record, found \"" + type + "\" at " + id);
  }
  return "";
}

}  // namespace

Bundle next_records(const Journal& journal, std::size_t offset, std::size_t most) {
  Bundle bundle;
  bundle.end = offset;
  Load load;
  while (bundle.records.size() < most) {
    const std::optional<Record> record = journal.read(bundle.end);
    if (!record) break;
    const bool alone = !batchable(record->json);
    if (!alone) load.add(record->json);
    if (!bundle.records.empty() && (alone || !load.fits())) break;
    bundle.records.push_back(*record);
    bundle.end = record->end;
    if (alone) break;
  }
  return bundle;
}

std::string apply(Store& store, const Bundle& bundle, const fs::path& folder, SyncState& sent, bool doubtful) {
  if (!batchable(bundle.records.front().json)) {
    return apply_one(store, bundle.records.front().json, folder, sent, doubtful);
  }
  store.log_batch(sent.place, batch_of(bundle, sent), doubtful);
  return "";
}

void remove_copies(const Bundle& bundle, const fs::path& folder) {
  std::error_code ignored;  // a copy that stays does no harm
  for (const Record& record : bundle.records) {
    if (record.json.contains("copy")) fs::remove_all(folder / record.json["copy"].get<std::string>(), ignored);
  }
}

}  // namespace catdog::tracking
