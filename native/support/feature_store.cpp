#include "support/feature_store.h"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "catdog/photo/paths.h"
#include "catdog/photo/preprocess.h"
#include "catdog/photo/resize.h"
#include "support/csv_reader.h"
#include "support/files.h"
#include "support/hash.h"
#include "support/say.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

nlohmann::json read_json(const fs::path& file) {
  std::ifstream stream(file);
  if (!stream) {
    fail(file.parent_path(), "a feature store (made by catdog-features)",
         errno == ENOENT ? "no dataset.json in it" : std::strerror(errno));
  }
  auto json = nlohmann::json::parse(stream, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) fail(file, "a JSON object", "something else");
  return json;
}

}  // namespace

const char* split_name(Split split) {
  switch (split) {
    case Split::kTrain: return "train";
    case Split::kValidation: return "validation";
    case Split::kLeftOut: break;
  }
  return "left out";
}

std::string samples_digest(const std::vector<Sample>& samples) {
  Sha256 hash;
  for (const Sample& sample : samples) hash.add(sample.sha256 + " " + std::to_string(sample.label) + "\n");
  return hash.hex();
}

std::string validation_digest(const std::vector<Sample>& samples) {
  Sha256 hash;
  for (const Sample& sample : samples) {
    if (sample.split == Split::kValidation) hash.add(sample.sha256 + "\n");
  }
  return hash.hex();
}

FeatureStore::FeatureStore(const fs::path& folder) {
  const fs::path description = folder / "dataset.json";
  const auto json = read_json(description);
  try {
    const int format = json.at("format"), version = json.at("preprocessing_version");
    if (format != kFeatureStoreFormat) {
      fail(description, "format " + std::to_string(kFeatureStoreFormat), std::to_string(format));
    }
    if (version != kPreprocessingVersion) {
      fail(description,
           "preprocessing version " + std::to_string(kPreprocessingVersion) + " (run catdog-features again)",
           std::to_string(version));
    }
    classes_ = json.at("classes").get<std::vector<std::string>>();
    size_ = json.at("size");
    digest_ = json.at("digest");
    split_digest_ = json.at("split_digest");
  } catch (const nlohmann::json::exception& wrong) {
    fail(description, "the fields of a feature store", wrong.what());
  }
  read_manifest(folder / "manifest.csv");
  images_ = std::make_unique<NpyArray>(folder / "images.npy");
  const std::size_t side = static_cast<std::size_t>(size_);
  const std::vector<std::size_t> shape = {samples_.size(), side, side, 3};
  if (images_->shape() != shape || images_->descr() == "<i8") {
    fail(folder / "images.npy", std::to_string(samples_.size()) + " pictures of " + std::to_string(size_) + " pixels",
         "another shape or type");
  }
  if (samples_digest(samples_) != digest_) fail(folder / "manifest.csv", "the photos of dataset.json", "others");
}

void FeatureStore::read_manifest(const fs::path& file) {
  CsvReader reader(file, {"row", "path", "label", "split", "width", "height", "sha256", "group"});
  std::vector<std::string> cells;
  while (reader.next(cells)) {
    try {
      Sample sample{
          unescape_path(cells[1]), std::stoi(cells[2]), cells[3] == "validation" ? Split::kValidation : Split::kTrain,
          std::stoi(cells[4]),     std::stoi(cells[5]), cells[6],
          std::stoull(cells[7])};
      if (sample.label < 0 || sample.label >= static_cast<int>(classes_.size())) {
        fail(file, "a label of a known class", cells[2]);
      }
      samples_.push_back(std::move(sample));
    } catch (const std::logic_error&) {
      fail(file, "numbers in row " + std::to_string(samples_.size()), "others");
    }
  }
}

void FeatureStore::hold_back(const std::vector<bool>& rows) {
  for (std::size_t row = 0; row < rows.size(); ++row) {
    samples_[row].split = rows[row] ? Split::kValidation : Split::kTrain;
  }
  split_digest_ = validation_digest(samples_);
}

void FeatureStore::leave_out(const std::vector<std::size_t>& rows) {
  for (const std::size_t row : rows) samples_[row].split = Split::kLeftOut;
}

void FeatureStore::copy_picture(std::size_t row, std::uint8_t* out) const {
  const std::size_t values = static_cast<std::size_t>(size_) * size_ * 3;
  if (images_->descr() == "|u1") {
    std::memcpy(out, images_->data() + row * values, values);
    return;
  }
  const auto* floats = reinterpret_cast<const float*>(images_->data()) + row * values;
  for (std::size_t i = 0; i < values; ++i) out[i] = static_cast<std::uint8_t>(std::lround(floats[i] * 255.0f));
}

void warn_of_enlarging(const FeatureStore& store, int size, const std::filesystem::path& user) {
  if (store.size() >= size) return;
  say(user.string() + ": warning: the feature store's pictures of " + std::to_string(store.size()) +
      " pixels are enlarged to " + std::to_string(size) + "; catdog-features --size " + std::to_string(size) +
      " keeps more of the photos");
}

Image stored_picture(const FeatureStore& store, std::size_t row, int size) {
  Image picture = Image::of_size(store.size(), store.size());
  if (!picture.pixels) throw std::bad_alloc();
  store.copy_picture(row, picture.pixels.get());
  if (size == store.size()) return picture;
  Result<Image> resized = resize_area(picture, size, size);
  if (!resized) throw std::bad_alloc();  // the only reason
  return std::move(*resized);
}

}  // namespace catdog
