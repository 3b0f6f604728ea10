#include "training/teachers/lwf_teacher.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>

#include "support/files.h"
#include "support/interrupt.h"
#include "support/ordered_parallel.h"
#include "support/progress.h"
#include "training/data/predict_store.h"
#include "training/network/archive.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

// "281-285" or "281".
void add_range(const fs::path& file, const std::string& text, int classes, std::set<std::int64_t>& members) {
  int first = 0, last = 0, length = 0;
  const auto whole = [&] { return static_cast<std::size_t>(length) == text.size(); };
  bool fits = std::sscanf(text.c_str(), "%d-%d%n", &first, &last, &length) == 2 && whole();
  if (!fits) {
    fits = std::sscanf(text.c_str(), "%d%n", &first, &length) == 1 && whole();
    last = first;
  }
  if (!fits || first < 0 || last < first || last >= classes) {
    fail(file, "classes from 0 to " + std::to_string(classes - 1) + " as in \"281-285\"", '"' + text + '"');
  }
  for (int i = first; i <= last; ++i) members.insert(i);
}

torch::Tensor read_members(const fs::path& file, const std::vector<std::string>& labels, int classes) {
  std::ifstream stream(file);
  if (!stream) fail(file, "a file that says which pretrained classes belong to a label", "none that can be read");
  const auto json = nlohmann::json::parse(stream, nullptr, /*allow_exceptions=*/false);
  std::set<std::int64_t> members;
  for (const std::string& label : labels) {
    if (!json.is_object() || !json.contains(label) || !json[label].is_array()) {
      fail(file, "a list of pretrained classes for the label '" + label + "'", "none");
    }
    for (const auto& range : json[label]) {
      add_range(file, range.is_string() ? range.get<std::string>() : range.dump(), classes, members);
    }
  }
  return torch::tensor(std::vector<std::int64_t>(members.begin(), members.end()));
}

// What the network says of `rows`, by row of the store. Several processes ask about a part each, and all get all.
torch::Tensor ask(TorchNetwork& network, const torch::Device& device, const FeatureStore& store,
                  const std::vector<std::size_t>& rows, const std::string& what, ProcessGroup* ranks) {
  const torch::NoGradGuard no_grad;
  network.eval();
  const Shard part = ranks ? ranks->part() : Shard();
  const std::vector<std::size_t> own(rows.begin() + static_cast<std::ptrdiff_t>(part.begin(rows.size())),
                                     rows.begin() + static_cast<std::ptrdiff_t>(part.end(rows.size())));
  const int classes = network.spec().layers[network.spec().pretrained_head].out;
  torch::Tensor said = torch::zeros({static_cast<std::int64_t>(store.samples().size()), classes}, torch::kHalf);
  std::optional<Progress> progress;
  if (!ranks || ranks->is_primary()) progress.emplace(what, own.size(), "photos");
  std::size_t done = 0;
  for_each_output(network, device, store, own, store.size(), [&](const Batch& batch, const TorchOutputs& outputs) {
    const torch::Tensor pretrained_head = torch::softmax(outputs.pretrained_head, 1).cpu().to(torch::kHalf);
    said.index_put_({torch::tensor(batch.rows)}, pretrained_head);
    done += batch.rows.size();
    if (progress) progress->show(done);
  });
  if (ranks) ranks->sum(said);
  return said;
}

}  // namespace

LwfTeacher::LwfTeacher(TorchNetwork& network, const torch::Device& device, const TrainingData& data,
                       const fs::path& classes, const fs::path& cache, const std::string& weights_digest,
                       ProcessGroup* ranks) {
  if (!classes.empty()) {
    const int pretrained_head = network.spec().layers[network.spec().pretrained_head].out;
    members_ = read_members(classes, data.store().classes(), pretrained_head);
  }
  const std::string key = weights_digest + ' ' + data.store().digest() + ' ' + data.store().split_digest();
  const bool cached = read_cache(cache, key);
  if (ranks ? ranks->all(cached) : cached) return;
  std::vector<std::size_t> rows = data.train_rows();
  rows.insert(rows.end(), data.negative_train_rows().begin(), data.negative_train_rows().end());
  said_ = ask(network, device, data.store(), rows, "What the pretrained network says", ranks);
  if (ranks && !ranks->is_primary()) return;
  torch::serialize::OutputArchive archive;
  archive.write("key", c10::IValue(key));
  archive.write("said", said_);
  write_archive(cache, archive);
}

bool LwfTeacher::read_cache(const fs::path& cache, const std::string& key) {
  if (!fs::exists(cache)) return false;
  try {
    torch::serialize::InputArchive archive;
    archive.load_from(cache.string());
    c10::IValue found;
    archive.read("key", found);
    if (found.toStringRef() != key) return false;
    archive.read("said", said_);
    return true;
  } catch (const c10::Error&) {  // a damaged cache is made again
    return false;
  }
}

SoftTargets LwfTeacher::targets_for(const Batch& batch) {
  SoftTargets targets;
  targets.pretrained_head = said_.index({torch::tensor(batch.rows)}).to(torch::kFloat);
  if (members_.defined()) targets.presence = targets.pretrained_head.index_select(1, members_).sum(1);
  return targets;
}

}  // namespace catdog
