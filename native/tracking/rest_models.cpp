// Models on an MLflow server: LoggedModels and the registry (rest_store.h).
#include "tracking/model_package.h"
#include "tracking/rest_store.h"

namespace catdog::tracking {
namespace {

constexpr const char* kModelTag = "catdog.tracking.event";  // finds a model again whose creation was not answered

Json tags_json(const std::vector<Named>& tags) {
  Json json = Json::array();
  for (const Named& tag : tags) json.push_back({{"key", tag.key}, {"value", tag.value}});
  return json;
}

std::vector<Named> tags_of(const Json& owner) {
  std::vector<Named> tags;
  for (const Json& tag : owner.value("tags", Json::array())) {
    tags.push_back({tag.value("key", ""), tag.value("value", "")});
  }
  return tags;
}

}  // namespace

Json RestStore::find_model(const RunPlace& place, const std::string& event) {
  Json body = {{"experiment_ids", Json::array({place.experiment_id})},
               {"filter", "source_run_id = '" + place.run_id + "'"},
               {"max_results", 50}};
  for (;;) {
    const Json page = api_.call({"POST", "mlflow/logged-models/search", body, {}, {}});
    for (const Json& model : page.value("models", Json::array())) {
      for (const Named& tag : tags_of(model.at("info"))) {
        if (tag.key == kModelTag && tag.value == event) return model;
      }
    }
    const std::string next = page.value("next_page_token", "");
    if (next.empty()) return nullptr;
    body["page_token"] = next;
  }
}

std::string RestStore::log_model(const RunPlace& place, const ModelToLog& model, bool doubtful) {
  const Card card = read_card(model.bundle);
  Json found;
  const Json made = api_.once(doubtful, [&](bool doubt) -> std::optional<Call> {
    if (doubt) found = find_model(place, model.event);
    if (!found.is_null()) return std::nullopt;
    const Json body = {{"experiment_id", place.experiment_id},
                       {"name", model.name},
                       {"model_type", "onnx"},
                       {"source_run_id", place.run_id},
                       {"params", tags_json(card.params)},
                       {"tags", tags_json({{kModelTag, model.event}})}};
    return Call{"POST", "mlflow/logged-models", body, {}, {}};
  });
  const Json info = (found.is_null() ? made.at("model") : found).at("info");
  const std::string id = info.at("model_id"), location = info.at("artifact_uri");

  const ModelPackage package(model.bundle, card, {place.run_id, id, location, model.time});
  for (const PackageFile& file : package.files()) {
    put(place.artifacts, model.name + '/' + file.name, file.source);
    put(location, file.name, file.source);
  }
  api_.call({"PATCH", "mlflow/logged-models/" + id, {{"model_id", id}, {"status", "LOGGED_MODEL_READY"}}, {}, {}});

  // The server takes the link between run and model only once: look every time.
  api_.once(true, [&](bool) -> std::optional<Call> {
    const Json run = api_.call({"GET", "mlflow/runs/get", {}, {{"run_id", place.run_id}}, {}}).at("run");
    for (const Json& output : run.value("outputs", Json::object()).value("model_outputs", Json::array())) {
      if (output.value("model_id", "") == id) return std::nullopt;
    }
    Json body = {{"run_id", place.run_id}, {"models", Json::array()}};
    body["models"].push_back({{"model_id", id}, {"step", 0}});
    return Call{"POST", "mlflow/runs/outputs", body, {}, {}};
  });
  return id;
}

Json RestStore::find_version(const RunPlace& place, const std::string& name, const std::string& model_id) {
  Json query = {{"filter", "run_id = '" + place.run_id + "'"}, {"max_results", "200"}};
  for (;;) {
    const Json page = api_.call({"GET", "mlflow/model-versions/search", {}, query, {}});
    for (const Json& version : page.value("model_versions", Json::array())) {
      if (version.value("name", "") == name && version.value("source", "") == "models:/" + model_id) return version;
    }
    const std::string next = page.value("next_page_token", "");
    if (next.empty()) return nullptr;
    query["page_token"] = next;
  }
}

Registration RestStore::register_model(const RunPlace& place, const std::string& name, const std::string& model_id,
                                       const Measure& measure, bool doubtful) {
  try {
    api_.call({"POST", "mlflow/registered-models/create", {{"name", name}}, {}, {}});
  } catch (const Rejected& rejected) {
    if (rejected.code != "RESOURCE_ALREADY_EXISTS") throw;
  }
  Json found;
  const Json made = api_.once(doubtful, [&](bool doubt) -> std::optional<Call> {
    if (doubt) found = find_version(place, name, model_id);
    if (!found.is_null()) return std::nullopt;
    const Json body = {{"name", name},
                       {"source", "models:/" + model_id},
                       {"run_id", place.run_id},
                       {"model_id", model_id},
                       {"tags", tags_json(measure_tags(measure))}};
    return Call{"POST", "mlflow/model-versions/create", body, {}, {}};
  });
  const Json version = found.is_null() ? made.at("model_version") : found;
  return promote(name, version.at("version"), measure);
}

Registration RestStore::promote(const std::string& name, const std::string& version, const Measure& measure) {
  const Json model =
      api_.call({"GET", "mlflow/registered-models/get", {}, {{"name", name}}, {}}).at("registered_model");
  Registration registration{version, false, "there was no champion yet"};
  for (const Json& alias : model.value("aliases", Json::array())) {
    if (alias.value("alias", "") != kChampion) continue;
    const std::string theirs = alias.at("version");
    if (theirs == version) return {version, true, "it is champion already"};
    const Json query = {{"name", name}, {"version", theirs}};
    const Json champion = api_.call({"GET", "mlflow/model-versions/get", {}, query, {}}).at("model_version");
    if (!beats(measure, tags_of(champion), theirs, registration.because)) return registration;
  }
  const Json body = {{"name", name}, {"alias", kChampion}, {"version", version}};
  api_.call({"POST", "mlflow/registered-models/alias", body, {}, {}});
  registration.champion = true;
  return registration;
}

}  // namespace catdog::tracking
