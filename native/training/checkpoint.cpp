#include "training/checkpoint.h"

#include <algorithm>

#include "support/files.h"
#include "training/network/archive.h"
#include "training/network/option_names.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

using Archived = std::pair<std::string, torch::Tensor>;

// The tensors of a checkpoint under their names: the same list serves writing and reading.
std::vector<Archived> tensors_by_name(const TorchNetwork& network, WeightAverage& average) {
  std::vector<Archived> tensors;
  const auto add = [&](const std::string& name, const torch::Tensor& tensor) {
    tensors.emplace_back("now/" + name, tensor);
    tensors.emplace_back("average/" + name, average.tensors()[tensors.size() / 2]);
  };
  for (const auto& item : network.named_parameters()) add(item.key(), item.value());
  for (const auto& item : network.named_buffers()) add(item.key(), item.value());
  return tensors;
}

// The state of the generator that LibTorch draws dropout from.
at::Generator generator(const TorchNetwork& network) {
  const torch::Device device = network.parameters()[0].device();
  return device.is_cuda() ? at::globalContext().defaultGenerator(device) : at::detail::getDefaultCPUGenerator();
}

nlohmann::ordered_json identity(const TrainingState& state) {
  return {{"options", state.options}, {"data", state.data_digest}, {"split", state.split_digest}};
}

// As it is given on the command line.
std::string option_of(std::string key) {
  std::replace(key.begin(), key.end(), '_', '-');
  return "--" + key;
}

void check_same(const fs::path& file, const nlohmann::ordered_json& found, const TrainingState& state) {
  if (found["data"] != state.data_digest) fail(file, "a checkpoint of this data set", "one of another");
  if (found["split"] != state.split_digest) fail(file, "a checkpoint of this split of the data", "one of another");
  const auto options = with_current_names(found["options"]);
  for (const auto& [key, value] : state.options.items()) {
    const auto stored = options.value(key, nlohmann::ordered_json());
    if (stored != value) fail(file, option_of(key) + " " + value.dump() + " as now asked for", stored.dump());
  }
  for (const auto& [key, value] : options.items()) {
    if (!state.options.contains(key)) fail(file, "no " + option_of(key) + ", as now asked for", value.dump());
  }
}

// The labels, and the probabilities [photo, class].
std::pair<torch::Tensor, torch::Tensor> as_tensors(const MetricsCollector& seen) {
  const auto photos = static_cast<std::int64_t>(seen.size());
  auto labels = torch::empty({photos}, torch::kInt);
  auto probabilities = torch::empty({photos, seen.classes()});
  for (std::int64_t i = 0; i < photos; ++i) {
    labels.data_ptr<int>()[i] = seen.label(i);
    std::copy_n(seen.probabilities(i), seen.classes(), probabilities.data_ptr<float>() + i * seen.classes());
  }
  return {labels, probabilities};
}

}  // namespace

void save_checkpoint(const fs::path& file, const TorchNetwork& network, WeightAverage& average,
                     const torch::optim::Optimizer& optimizer, const TrainingState& state) {
  torch::serialize::OutputArchive archive, optimizer_archive;
  for (const auto& [name, tensor] : tensors_by_name(network, average)) archive.write(name, tensor.detach().cpu());
  optimizer.save(optimizer_archive);
  archive.write("optimizer", optimizer_archive);
  archive.write("random", generator(network).get_state().clone());
  const auto [labels, probabilities] = as_tensors(state.seen);
  archive.write("seen_labels", labels);
  archive.write("seen_probabilities", probabilities);
  archive.write("losses", torch::tensor(state.losses));
  auto json = identity(state);
  json["epoch"] = state.epoch;
  json["step"] = state.step;
  json["seconds"] = state.seconds;
  json["run_id"] = state.run_id;
  json["best_accuracy"] = state.best_accuracy;
  json["history"] = state.history;
  json["average_steps"] = average.steps();
  archive.write("state", c10::IValue(json.dump()));
  write_archive(file, archive);
}

TrainingState load_checkpoint(const fs::path& file, TorchNetwork& network, WeightAverage& average,
                              torch::optim::Optimizer& optimizer, const TrainingState& expected) {
  if (!fs::exists(file)) fail(file, "a checkpoint to go on from", "nothing of that name");
  TrainingState state = expected;
  try {
    torch::serialize::InputArchive archive, optimizer_archive;
    archive.load_from(file.string());
    c10::IValue text;
    archive.read("state", text);
    const auto json = nlohmann::ordered_json::parse(text.toStringRef());
    check_same(file, json, expected);
    std::vector<Archived> read = tensors_by_name(network, average);
    for (auto& [name, tensor] : read) {
      torch::Tensor stored;
      if (!archive.try_read(name, stored)) archive.read(former_tensor_name(name), stored);
      if (stored.sizes() != tensor.sizes()) fail(file, "the network's shape of " + name, "another");
      tensor = stored;
    }
    archive.read("optimizer", optimizer_archive);
    optimizer.load(optimizer_archive);
    const torch::NoGradGuard no_grad;
    const std::vector<Archived> own = tensors_by_name(network, average);
    for (std::size_t i = 0; i < own.size(); ++i) torch::Tensor(own[i].second).copy_(read[i].second);
    average.set_steps(json["average_steps"]);
    torch::Tensor random, labels, probabilities, losses;
    archive.read("random", random);
    archive.read("seen_labels", labels);
    archive.read("seen_probabilities", probabilities);
    archive.read("losses", losses);
    state.losses.assign(losses.data_ptr<float>(), losses.data_ptr<float>() + losses.numel());
    state.seen = MetricsCollector(network.spec().classes);
    for (std::int64_t i = 0; i < labels.numel(); ++i) {
      state.seen.add(labels.data_ptr<int>()[i], probabilities.data_ptr<float>() + i * network.spec().classes);
    }
    generator(network).set_state(random);
    state.epoch = json["epoch"];
    state.step = json["step"];
    state.seconds = json["seconds"];
    state.run_id = json["run_id"];
    state.best_accuracy = json["best_accuracy"];
    state.history = json["history"];
  } catch (const c10::Error&) {
    fail(file, "a whole checkpoint of this network", "a damaged one or one of another network");
  } catch (const nlohmann::json::exception&) {
    fail(file, "a whole checkpoint of this network", "a damaged one");
  }
  return state;
}

}  // namespace catdog
