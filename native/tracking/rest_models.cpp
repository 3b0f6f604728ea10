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
  const auto text = [](const Json& tag, const char* name) {
    const auto member = tag.find(name);
    return member != tag.end() && member->is_string() ? member->get<std::string>() : "";
  };
  for (const Json& tag : object_list_member(owner, "tags")) tags.push_back({text(tag, "key"), text(tag, "value")});
  return tags;
}

}  // namespace

Json RestStore::find_model(const RunPlace& place, const std::string& event) {
  const Json body = {{"experiment_ids", Json::array({place.experiment_id})},
                     {"filter", "source_run_id = '" + place.run_id + "'"},
                     {"max_results", 50}};
  Json found;
  for_each_page({"POST", "mlflow/logged-models/search", body, {}, {}}, [&](const Json& page) {
    for (const Json& model : object_list_member(page, "models")) {
      for (const Named& tag : tags_of(object_member(model, "info"))) {
        if (tag.key == kModelTag && tag.value == event) found = model;
      }
    }
    return !found.is_null();
  });
  return found;
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
  const Json info = object_member(found.is_null() ? object_member(made, "model") : found, "info");
  const std::string id = text_member(info, "model_id");
  const std::string location = without_login(text_member(info, "artifact_uri"));

  const ModelPackage package(model.bundle, card, {place.run_id, id, location, model.time});
  for (const PackageFile& file : package.files()) {
    put(place.artifacts, model.name + '/' + file.name, file.source);
    put(location, file.name, file.source);
  }
  api_.call({"PATCH", "mlflow/logged-models/" + id, {{"model_id", id}, {"status", "LOGGED_MODEL_READY"}}, {}, {}});

  // The server takes the link between run and model only once: look every time.
  api_.once(true, [&](bool) -> std::optional<Call> {
    const Json reply = api_.call({"GET", "mlflow/runs/get", {}, {{"run_id", place.run_id}}, {}});
    const Json& run = object_member(reply, "run");
    if (run.contains("outputs")) {
      for (const Json& output : object_list_member(object_member(run, "outputs"), "model_outputs")) {
        if (optional_text_member(output, "model_id") == id) return std::nullopt;
      }
    }
    Json body = {{"run_id", place.run_id}, {"models", Json::array()}};
    body["models"].push_back({{"model_id", id}, {"step", 0}});
    return Call{"POST", "mlflow/runs/outputs", body, {}, {}};
  });
  return id;
}

Json RestStore::find_version(const RunPlace& place, const std::string& name, const std::string& model_id) {
  const Json query = {{"filter", "run_id = '" + place.run_id + "'"}, {"max_results", "200"}};
  Json found;
  for_each_page({"GET", "mlflow/model-versions/search", {}, query, {}}, [&](const Json& page) {
    for (const Json& version : object_list_member(page, "model_versions")) {
      if (optional_text_member(version, "name") == name &&
          optional_text_member(version, "source") == "models:/" + model_id) {
        found = version;
      }
    }
    return !found.is_null();
  });
  return found;
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
  const Json version = found.is_null() ? object_member(made, "model_version") : found;
  return promote(name, text_member(version, "version"), measure);
}

Registration RestStore::promote(const std::string& name, const std::string& version, const Measure& measure) {
  const Json reply = api_.call({"GET", "mlflow/registered-models/get", {}, {{"name", name}}, {}});
  const Json& model = object_member(reply, "registered_model");
  Registration registration{version, false, "there was no champion yet"};
  for (const Json& alias : object_list_member(model, "aliases")) {
    if (optional_text_member(alias, "alias") != kChampion) continue;
    const std::string theirs = text_member(alias, "version");
    if (theirs == version) return {version, true, "it is champion already"};
    const Json query = {{"name", name}, {"version", theirs}};
    const Json champion = api_.call({"GET", "mlflow/model-versions/get", {}, query, {}});
    if (!beats(measure, tags_of(object_member(champion, "model_version")), theirs, registration.because))
      return registration;
  }
  const Json body = {{"name", name}, {"alias", kChampion}, {"version", version}};
  api_.call({"POST", "mlflow/registered-models/alias", body, {}, {}});
  registration.champion = true;
  return registration;
}

}  // namespace catdog::tracking
