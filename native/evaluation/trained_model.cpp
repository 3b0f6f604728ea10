#include "evaluation/trained_model.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "support/csv_reader.h"
#include "support/files.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

std::string abridged(const std::string& digest) { return digest.substr(0, 12); }

std::string text_of(const nlohmann::ordered_json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

nlohmann::ordered_json read_history(const fs::path& file) {
  auto history = nlohmann::ordered_json::array();
  if (!fs::exists(file)) return history;
  CsvReader table(file);
  std::vector<std::string> cells;
  while (table.next(cells)) {
    nlohmann::ordered_json epoch;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      try {
        epoch[table.columns()[i]] = std::stod(cells[i]);
      } catch (const std::logic_error&) {
        fail(file, "numbers in line " + std::to_string(history.size() + 2), "'" + cells[i] + "'");
      }
    }
    history.push_back(std::move(epoch));
  }
  return history;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// The one of that digest among those that the model was trained on.
auto data_set_of(const TrainedModel& model, const std::string& digest) {
  return std::find_if(model.data_sets.begin(), model.data_sets.end(),
                      [&](const TrainedModel::DataSet& one) { return one.digest == digest; });
}

}  // namespace

std::string TrainedModel::name() const { return folder_name(folder); }

TrainedModel open_trained_model(const fs::path& folder) {
  TrainedModel model;
  model.folder = folder;
  const bool is_run = fs::exists(folder / "model");
  if (!is_run && !fs::exists(folder / "model.json")) {
    fail(folder, "the folder of a finished training (with model/ in it) or a model bundle (with model.json)",
         fs::exists(folder) ? "neither" : "nothing of that name");
  }
  const fs::path bundle = is_run ? folder / "model" : folder;
  model.bundle = read_bundle(bundle);
  std::ifstream stream(bundle / "model.json");
  model.card = nlohmann::ordered_json::parse(stream);
  if (is_run) model.history = read_history(folder / "epochs.csv");
  const auto training = model.card.value("training", nlohmann::ordered_json::object());
  if (!training.is_object()) fail(bundle / "model.json", "an object as 'training'", training.dump());
  for (const auto& one : training.value("data_sets", nlohmann::ordered_json::array())) {
    if (one.is_object()) model.data_sets.push_back({text_of(one, "digest"), text_of(one, "split_digest")});
  }
  const std::string digest = text_of(training, "data_digest");  // all that older bundles say
  if (model.data_sets.empty() && !digest.empty()) model.data_sets = {{digest, text_of(training, "split_digest")}};
  const std::string fold = text_of(training, "fold");
  const auto parsed = parse_fold(fold);
  if (!parsed) fail(bundle / "model.json", "a fold such as 2/5 as training.fold", "'" + fold + "'");
  model.fold = *parsed;
  return model;
}

void check_classes(const TrainedModel& model, const std::vector<std::string>& classes) {
  if (model.bundle.card.labels != classes) {
    fail(model.folder, "a model of the photos' classes (" + listed(classes) + ")",
         "one of " + listed(model.bundle.card.labels));
  }
}

void check_fits(const TrainedModel& model, const FeatureStore& store) {
  check_classes(model, store.classes());
  warn_of_enlarging(store, model.bundle.card.size, model.folder);
}

void check_external(const TrainedModel& model, const std::string& digest) {
  if (data_set_of(model, digest) == model.data_sets.end()) return;
  fail(model.folder, "with --external-data a model that learned from other photos than these",
       "one that was trained on them; leave --external-data out");
}

std::vector<bool> held_out_photos(const TrainedModel& model, const TestSet& set) {
  if (model.data_sets.empty()) {
    fail(model.folder, "a model that says what it was trained with (training.data_digest in model.json)",
         "none; are all photos new to it, say so with --external-data");
  }
  const auto known = data_set_of(model, set.digest);
  if (known == model.data_sets.end()) {
    fail(model.folder, "a model trained on these photos (" + abridged(set.digest) + "…)",
         "one trained on others (" + abridged(model.data_sets.front().digest) +
             "…); were none of these photos among them, say so with --external-data");
  }
  std::vector<bool> held = held_out(set.samples, model.fold);
  std::vector<Sample> parted = set.samples;
  for (std::size_t row = 0; row < parted.size(); ++row) {
    parted[row].split = held[row] ? Split::kValidation : Split::kTrain;
  }
  // Photos that are left out now may have been held out then.
  const std::string digest = model.fold.count == 0 ? set.split_digest : validation_digest(parted);
  if (digest != known->split_digest) {
    fail(model.folder,
         "a model whose training held out the same photos (" + abridged(digest) +
             "…; same --seed and --validation of catdog-features)",
         "one that held out others (" + abridged(known->split_digest) + "…)");
  }
  return held;
}

}  // namespace catdog
