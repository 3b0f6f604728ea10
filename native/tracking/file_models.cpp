// Models in MLflow's file store: LoggedModels and the registry (file_store.h).
#include "tracking/file_store.h"
#include "tracking/model_package.h"

namespace catdog::tracking {
namespace fs = std::filesystem;
namespace {

void put_all(const fs::path& folder, const std::vector<Named>& values) {
  for (const Named& value : values) put_text(folder / value.key, value.value);
}

std::vector<Named> all_in(const fs::path& folder) {
  std::vector<Named> values;
  if (!fs::is_directory(folder)) return values;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    values.push_back({entry.path().filename(), text_in(entry.path())});
  }
  return values;
}

// The version made of this model, or the number of a new one.
int version_of(const fs::path& model, const std::string& source, bool& there) {
  int last = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(model)) {
    const std::string name = entry.path().filename();
    if (name.compare(0, 8, "version-") != 0) continue;
    const int number = std::atoi(name.c_str() + 8);
    there = yaml_value(entry.path() / "meta.yaml", "source") == source;
    if (there) return number;
    last = std::max(last, number);
  }
  return last + 1;
}

// Registered models are folders by their name: what could be another folder is no name.
void check_name(const std::string& name) {
  if (!name.empty() && name.front() != '.' && name.find_first_of("/\\:") == std::string::npos) return;
  throw std::runtime_error(
      "expected a name for the registered model without \"/\", \"\\\", \":\" or a dot in front, found \"" + name + '"');
}

}  // namespace

fs::path FileStore::model_folder(const RunPlace& place, const std::string& model_id) const {
  return root_ / place.experiment_id / "models" / model_id;
}

std::string FileStore::log_model(const RunPlace& place, const ModelToLog& model, bool) {
  const Card card = read_card(model.bundle);
  const std::string id = "m-" + id_of(model.event);
  const fs::path folder = model_folder(place, id), artifacts = folder / "artifacts";
  const ModelPackage package(model.bundle, card, {place.run_id, id, artifacts, model.time});
  for (const PackageFile& file : package.files()) {
    log_artifact(place, file.source, model.name + '/' + file.name);
    fs::create_directories(artifacts);
    fs::copy_file(file.source, artifacts / file.name, fs::copy_options::overwrite_existing);
  }
  put_all(folder / "params", card.params);
  put_all(folder / "tags", {{"catdog.tracking.event", model.event}});
  fs::create_directories(folder / "metrics");
  constexpr int kReady = 2;
  put_text(folder / "meta.yaml", to_yaml({{"artifact_location", artifacts},
                                          {"creation_timestamp", model.time},
                                          {"experiment_id", place.experiment_id},
                                          {"last_updated_timestamp", now_ms()},
                                          {"model_id", id},
                                          {"model_type", "onnx"},
                                          {"name", model.name},
                                          {"source_run_id", place.run_id},
                                          {"status", kReady},
                                          {"status_message", nullptr}}));
  put_text(run_folder(place) / "outputs" / id / "meta.yaml", to_yaml({{"destination_id", id},
                                                                      {"destination_type", "MODEL_OUTPUT"},
                                                                      {"source_id", id},
                                                                      {"source_type", "RUN_OUTPUT"},
                                                                      {"step", 0},
                                                                      {"tags", Json::object()}}));
  return id;
}

Registration FileStore::register_model(const RunPlace& place, const std::string& name, const std::string& model_id,
                                       const Measure& measure, bool) {
  check_name(name);
  const fs::path model = root_ / "models" / name;
  const std::int64_t time = now_ms();
  fs::create_directories(model);
  const FolderLock lock(root_);
  if (!fs::exists(model / "meta.yaml")) {
    put_text(model / "meta.yaml", to_yaml({{"aliases", Json::object()},
                                           {"creation_timestamp", time},
                                           {"description", nullptr},
                                           {"last_updated_timestamp", time},
                                           {"name", name}}));
  }
  bool there = false;
  const std::string source = "models:/" + model_id;
  const int number = version_of(model, source, there);
  const fs::path version = model / ("version-" + std::to_string(number));
  if (!there) {
    put_all(version / "tags", measure_tags(measure));
    put_text(version / "meta.yaml", to_yaml({{"creation_timestamp", time},
                                             {"current_stage", "None"},
                                             {"description", nullptr},
                                             {"last_updated_timestamp", time},
                                             {"model_id", model_id},
                                             {"name", name},
                                             {"run_id", place.run_id},
                                             {"run_link", nullptr},
                                             {"source", source},
                                             {"status", "READY"},
                                             {"status_message", nullptr},
                                             {"storage_location", model_folder(place, model_id) / "artifacts"},
                                             {"user_id", nullptr},
                                             {"version", number}}));
  }
  // MLflow's pages find a model's versions by this tag of the model.
  put_text(model_folder(place, model_id) / "tags" / "mlflow.modelVersions",
           Json::array({{{"name", name}, {"version", number}}}).dump());
  return promote(model, std::to_string(number), measure);
}

Registration FileStore::promote(const fs::path& model, const std::string& version, const Measure& measure) {
  const fs::path alias = model / "aliases" / kChampion;
  Registration registration{version, false, "there was no champion yet"};
  const std::string theirs = text_in(alias);
  if (theirs == version) return {version, true, "it is champion already"};
  if (!theirs.empty() &&
      !beats(measure, all_in(model / ("version-" + theirs) / "tags"), theirs, registration.because)) {
    return registration;
  }
  put_text(alias, version);
  registration.champion = true;
  return registration;
}

}  // namespace catdog::tracking
