// catdog-calibrate: lets a bundle's network run in fixed point.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "model/bundle.h"
#include "model/ranges.h"
#include "support/feature_store.h"
#include "support/files.h"
#include "support/hash.h"
#include "support/photo.h"
#include "support/tool.h"

namespace {

namespace fs = std::filesystem;
using namespace catdog;

struct Options {
  fs::path bundle, features, photos, out;
  std::size_t count = kRangePhotos;
};

// `count` of `all`, spread evenly.
template <class T>
std::vector<T> spread(const std::vector<T>& all, std::size_t count) {
  std::vector<T> some;
  for (std::size_t i = 0; i < std::min(count, all.size()); ++i) {
    some.push_back(all[i * all.size() / std::min(count, all.size())]);
  }
  if (some.empty()) throw std::runtime_error("expected photos to measure with, found none");
  return some;
}

// The part of a feature store that networks learn from.
SamplePhotos stored_photos(const Options& options, int size) {
  const auto store = std::make_shared<const FeatureStore>(options.features);
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < store->samples().size(); ++row) {
    if (store->samples()[row].split == Split::kTrain) rows.push_back(row);
  }
  rows = spread(rows, options.count);
  return {rows.size(), [=](std::size_t i) { return stored_picture(*store, rows[i], size); }};
}

// All photos below a folder; those that cannot be read are left out.
SamplePhotos photos_below(const Options& options, int size) {
  const auto files = spread(list_files(options.photos), options.count);
  return {files.size(), [=, folder = options.photos](std::size_t i) {
            const auto bytes = read_file(folder / files[i]);
            auto photo = preprocess_photo(view(bytes), size);
            return photo ? std::move(photo->picture) : Image();
          }};
}

void calibrate(const Options& options) {
  const ModelBundle bundle = read_bundle(options.bundle);
  const SamplePhotos photos =
      options.features.empty() ? photos_below(options, bundle.card.size) : stored_photos(options, bundle.card.size);
  const std::string before(bundle.onnx.begin(), bundle.onnx.end());
  const std::string onnx = with_ranges(before, signature_of(bundle.card), photos);
  if (onnx == before) {
    throw std::runtime_error(bundle.onnx_file.string() + ": expected a network that the core runs, found another");
  }
  const auto text = read_file(options.bundle / "model.json");
  auto card = nlohmann::ordered_json::parse(text.begin(), text.end());
  card["onnx"]["bytes"] = onnx.size();
  card["onnx"]["sha256"] = sha256({reinterpret_cast<const std::uint8_t*>(onnx.data()), onnx.size()});
  fs::create_directories(options.out);
  write_file(options.out / bundle.card.onnx.name, onnx);
  write_file(options.out / "model.json", card.dump(2) + "\n");
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{
      "Measures which values a network's tensors take on some photos and writes a bundle that states them, so that "
      "the\n"
      "network runs in fixed point (int16): faster, with nearly the same answers. catdog-train does this by itself.",
      "catdog-calibrate"};
  app.add_option("bundle", options.bundle, "Folder with model.json and model.onnx")->required()->type_name("BUNDLE");
  auto* features =
      app.add_option("--features", options.features, "Feature store: photos of its training part")->type_name("DIR");
  auto* photos = app.add_option("--photos", options.photos, "Folder of photos that the network is not measured on")
                     ->type_name("DIR");
  features->excludes(photos);
  app.add_option("--out", options.out, "Folder of the new bundle")->required()->type_name("DIR");
  app.add_option("--count", options.count, "Photos to measure with")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  app.footer("Example:\n  catdog-calibrate my-bundle --photos ~/Pictures/pets --out my-faster-bundle");
  return run_tool(app, argc, argv, [&] {
    if (options.features.empty() && options.photos.empty()) {
      throw UsageError("expected --photos DIR or --features DIR, found neither");
    }
    calibrate(options);
  });
}
