#include "training/average.h"

#include <cstdio>
#include <string>

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
constexpr const char* kBinding[] = {"network", "pretrained", "size", "margin", "fold", "exclude"};

Json value_of(const Json& options, const std::string& name) { return options.value(name, Json()); }

std::vector<TrainedNetwork> read_all(const std::vector<fs::path>& runs) {
  std::vector<TrainedNetwork> all;
  for (const fs::path& run : runs) {
    open_trained_model(run);  // it has come to its end
    all.push_back(read_trained(run / "last.pt"));
    const Json &first = all.front().options, &own = all.back().options;
    if (!own.contains("pretrained")) {
      fail(run, "a training that started from pretrained weights, as only such ones have a mean",
           "one that started from scratch");
    }
    for (const char* name : kBinding) {
      const Json expected = value_of(first, name), found = value_of(own, name);
      if (found != expected) {
        fail(run, "the " + std::string(name) + " of " + runs.front().string() + " (" + expected.dump() + ")",
             found.dump());
      }
    }
  }
  return all;
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
  if (fs::exists(options.out / "last.pt")) {
    fail(options.out, "a folder of its own for the mean", "that of a training");
  }
  const std::vector<TrainedNetwork> all = read_all(runs);
  const Json recipe = recipe_of(runs, all);
  options.size = all.front().size;
  options.margin = all.front().network.spec.margin;
  options.fold = recipe.value("fold", "");
  const TrainingData data(options);
  for (std::size_t i = 0; i < runs.size(); ++i) expect_same_photos(runs[i], all[i], data);
  if (data.options().left_out != recipe.value("exclude", "")) {
    fail(runs.front(), "the same photos left out as in its training (--exclude)", "others");
  }
  std::vector<Weights> weights;
  for (const TrainedNetwork& one : all) weights.push_back(one.network.weights);
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
    tracked.log_result(result.metrics, result.test_set);
  } catch (const Interrupted&) {
    tracked.finish(tracking::RunStatus::kKilled);
    throw;
  }
  tracked.finish(tracking::RunStatus::kFinished);
}

}  // namespace catdog
