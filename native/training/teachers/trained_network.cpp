#include "training/teachers/trained_network.h"

#include <algorithm>
#include <stdexcept>

#include "support/files.h"
#include "training/network/option_names.h"
#include "training/network/torch_network.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

// The averaged weights by our names.
Weights averaged_weights(torch::serialize::InputArchive& archive) {
  const std::string prefix = "average/";
  Weights weights;
  for (const std::string& key : archive.keys()) {
    if (key.compare(0, prefix.size(), prefix) != 0) continue;
    torch::Tensor stored;
    archive.read(key, stored);
    std::string name = key.substr(prefix.size());
    std::replace(name.begin(), name.end(), '/', '.');
    weights.emplace(current_tensor_name(name), to_array(stored));
  }
  return weights;
}

}  // namespace

TrainedNetwork read_trained(const fs::path& file) {
  if (!fs::exists(file)) fail(file, "the checkpoint of a training", "nothing of that name");
  try {
    torch::serialize::InputArchive archive;
    archive.load_from(file.string());
    c10::IValue text;
    archive.read("state", text);
    const auto json = nlohmann::ordered_json::parse(text.toStringRef());
    const auto options = with_current_names(json.at("options"));
    const Weights weights = averaged_weights(archive);
    const auto outputs = [&](const char* head) {
      const auto found = weights.find(std::string(head) + ".weight");
      return found == weights.end() ? 0 : static_cast<int>(found->second.shape.at(0));
    };
    NetworkSpec spec =
        make_network(options.at("network"), {outputs("head"), outputs("presence") > 0, outputs("pretrained_head")});
    spec.margin = options.value("center_crop_margin", 0);
    return {fold_batch_norm(spec, weights), options.at("size"), options, json.at("data"), json.at("split")};
  } catch (const c10::Error&) {
    fail(file, "the checkpoint of a training", "a damaged one");
  } catch (const std::logic_error& failure) {
    fail(file, "the checkpoint of a training", std::string("another file (") + failure.what() + ")");
  } catch (const nlohmann::json::exception&) {
    fail(file, "the checkpoint of a training", "a damaged one");
  }
}

void expect_same_photos(const fs::path& run, const TrainedNetwork& trained, const TrainingData& data) {
  if (trained.data_digest == data.store().digest() && trained.split_digest == data.store().split_digest()) return;
  fail(run, "a network trained on these photos, with the same ones held out",
       "one of another data set or split (--features, --negatives and --fold must be those of its training)");
}

}  // namespace catdog
