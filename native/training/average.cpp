#include "training/average.h"

#include <cstdio>
#include <string>
#include <utility>

#include "evaluation/trained_model.h"
#include "support/files.h"
#include "support/hash.h"
#include "support/interrupt.h"
#include "support/progress.h"
#include "training/torch_network.h"
#include "training/tracking.h"
#include "training/trained_network.h"
#include "training/training_result.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

// In these the trainings must be alike.
constexpr const char* kMustAgree[] = {"network", "pretrained", "size", "margin", "fold", "exclude"};

Json value_of(const Json& options, const std::string& name) { return options.value(name, Json()); }

void expect_fits(const fs::path& run, const TrainedNetwork& own, const fs::path& first_run,
                 const TrainedNetwork& first) {
  if (!own.options.contains("pretrained")) {
    fail(run, "a training that started from pretrained weights, as only such ones have a mean",
         "one that started from scratch");
  }
  for (const char* name : kMustAgree) {
    const Json expected = value_of(first.options, name), found = value_of(own.options, name);
    if (found != expected) {
      fail(run, "the " + std::string(name) + " of " + first_run.string() + " (" + expected.dump() + ")", found.dump());
    }
  }
  if (!same_layers(own.network.weights, first.network.weights)) {
    fail(run, "a network with the layers of " + first_run.string(), "one with others");
  }
}

// What all bundles say at `where`, if they say the same; else what a training says that was told nothing.
std::string common_word(const std::vector<TrainedModel>& bundles, const char* where) {
  const nlohmann::ordered_json::json_pointer pointer(where);
  const auto word_of = [&](const TrainedModel& model) {
    return model.card.contains(pointer) && model.card[pointer].is_string() ? model.card[pointer].get<std::string>()
                                                                           : "";
  };
  const std::string unknown = TrainOptions().licence, first = word_of(bundles.front());
  for (const TrainedModel& model : bundles) {
    if (word_of(model) != first) return unknown;
  }
  return first.empty() ? unknown : first;
}

// What all trainings have in common, and, in a list, what is each one's own.
Json recipe_of(const std::vector<fs::path>& runs, const std::vector<TrainedNetwork>& all) {
  Json common = all.front().options, list = Json::array();
  for (const TrainedNetwork& one : all) {
    const Json options = common;
    for (const auto& [name, value] : options.items()) {
      if (value_of(one.options, name) != value) common.erase(name);
    }
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    Json own = {{"run_id", folder_name(runs[i])}, {"checkpoint", sha256_of_file(runs[i] / "last.pt")}};
    for (const auto& [name, value] : all[i].options.items()) {
      if (!common.contains(name)) own[name] = value;
    }
    list.push_back(std::move(own));
  }
  common[kAveraged] = std::move(list);
  return common;
}

}  // namespace

void average(const std::vector<fs::path>& runs, TrainOptions options) {
  if (fs::exists(options.out) && !fs::is_empty(options.out)) {
    fail(options.out, "a new or empty folder for the mean", "one with something in it");
  }
  std::vector<TrainedModel> bundles;  // that there is one says that its training has come to the end
  std::vector<TrainedNetwork> all;
  for (const fs::path& run : runs) {
    bundles.push_back(open_trained_model(run));
    all.push_back(read_trained(run / "last.pt"));
    expect_fits(run, all.back(), runs.front(), all.front());
  }
  for (const auto& [word, where] :
       {std::pair(&options.licence, "/licence"), std::pair(&options.data_origin, "/data/origin"),
        std::pair(&options.data_licence, "/data/licence")}) {
    if (word->empty()) *word = common_word(bundles, where);
  }
  const Json recipe = recipe_of(runs, all);
  options.size = all.front().size;
  options.margin = all.front().network.spec.margin;
  options.fold = recipe.value("fold", "");
  options.epochs = 0;
  const TrainingData data(options);
  for (std::size_t i = 0; i < runs.size(); ++i) expect_same_photos(runs[i], all[i], data);
  if (data.options().left_out != recipe.value("exclude", "")) {
    fail(runs.front(), "the same photos left out as in its training (--exclude)", "others");
  }
  std::vector<Weights> weights;
  for (TrainedNetwork& one : all) weights.push_back(std::move(one.network.weights));
  const PlainNetwork mean{all.front().network.spec, mean_of(weights)};
  const NetworkCost cost = cost_of(for_use(mean.spec, mean.weights).spec, options.size);
  fs::create_directories(options.out);
  TrainingRun tracked(data.options(), recipe, data.store(), cost);
  at::set_num_threads(data.options().threads);
  std::fprintf(stderr, "The mean of %s trainings of %s; measuring it on %s photos held back …\n",
               format_count(runs.size()).c_str(), mean.spec.name.c_str(),
               format_count(data.validation_rows().size()).c_str());
  try {
    const TrainingResult result = write_result(mean, default_device(), data, recipe, Json::array());
    tracked.log_result(result);
  } catch (const Interrupted&) {
    tracked.finish(tracking::RunStatus::kKilled);
    throw;
  }
  tracked.finish(tracking::RunStatus::kFinished);
}

}  // namespace catdog
