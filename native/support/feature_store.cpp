#include "support/feature_store.h"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
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

constexpr double kMostWeight = 1000;

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

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

template <class Holds>
std::vector<std::size_t> rows_where(const std::vector<Sample>& samples, Holds holds) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < samples.size(); ++row) {
    if (holds(samples[row])) rows.push_back(row);
  }
  return rows;
}

// One digest as it is, several as one.
template <class Digest>
std::string joined(const std::vector<FeatureStore::Part>& parts, Digest digest_of) {
  std::string all = digest_of(parts.front());
  for (std::size_t i = 1; i < parts.size(); ++i) all = Sha256().add(all + ' ' + digest_of(parts[i])).hex();
  return all;
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

WeightedFolder parse_weighted_folder(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  std::error_code unreadable;
  if (colon == std::string::npos || text.find('/', colon) != std::string::npos || fs::exists(text, unreadable)) {
    if (text.empty()) throw std::invalid_argument("expected the name of a folder, found none");
    return {text, 1};
  }
  const std::string number = text.substr(colon + 1);
  char* end = nullptr;
  const double weight = std::strtod(number.c_str(), &end);
  if (number.empty() || *end != '\0' || !(weight >= 0 && weight <= kMostWeight)) {
    throw std::invalid_argument("expected a folder, and after a colon a weight from 0 to 1000, found '" + text + "'");
  }
  return {text.substr(0, colon), weight};
}

std::string not_a_weighted_folder(const std::string& text) {
  try {
    parse_weighted_folder(text);
  } catch (const std::invalid_argument& wrong) {
    return wrong.what();
  }
  return "";
}

FeatureStore::FeatureStore(const fs::path& folder) : FeatureStore({{folder, 1}}, {}) {}

FeatureStore::FeatureStore(const std::vector<WeightedFolder>& folders, const std::vector<WeightedFolder>& negatives) {
  for (const WeightedFolder& one : folders) append(one, false);
  for (const WeightedFolder& one : negatives) append(one, true);
}

void FeatureStore::append(const WeightedFolder& from, bool negatives) {
  const fs::path& folder = from.folder;
  const fs::path description = folder / "dataset.json";
  const auto json = read_json(description);
  const bool first = parts_.empty();
  const std::size_t first_row = samples_.size(), first_source = sources_.size();
  std::vector<std::string> classes;
  Part part{from, first_row, first_row, {}, {}};
  int size = 0;
  try {
    const int format = json.at("format"), version = json.at("preprocessing_version");
    if (format != kFeatureStoreFormat) {
      fail(description, "format " + std::to_string(kFeatureStoreFormat) + " (run catdog-features again)",
           std::to_string(format));
    }
    if (version != kPreprocessingVersion) {
      fail(description,
           "preprocessing version " + std::to_string(kPreprocessingVersion) + " (run catdog-features again)",
           std::to_string(version));
    }
    classes = json.at("classes").get<std::vector<std::string>>();
    for (const auto& source : json.at("sources")) {
      sources_.push_back({source.at("name"), source.at("weight").get<double>() * from.weight});
    }
    size = json.at("size");
    part.digest = json.at("digest");
    part.split_digest = json.at("split_digest");
  } catch (const nlohmann::json::exception& wrong) {
    fail(description, "the fields of a feature store", wrong.what());
  }
  if (first) classes_ = classes, size_ = size;
  if (!negatives && classes != classes_) fail(description, "the classes " + listed(classes_), listed(classes));
  if (size != size_) {
    fail(folder, "pictures of " + std::to_string(size_) + " pixels as in the first feature store",
         std::to_string(size));
  }
  read_manifest(folder / "manifest.csv", first_source, negatives);
  auto images = std::make_unique<NpyArray>(folder / "images.npy");
  const std::size_t side = static_cast<std::size_t>(size_), count = samples_.size() - first_row;
  if (images->shape() != std::vector<std::size_t>{count, side, side, 3} || images->descr() == "<i8") {
    fail(folder / "images.npy", std::to_string(count) + " pictures of " + std::to_string(size_) + " pixels",
         "another shape or type");
  }
  part.end_row = samples_.size();
  if (!negatives && samples_digest(samples_of(part)) != part.digest) {
    fail(folder / "manifest.csv", "the photos of dataset.json", "others");
  }
  images_.push_back(std::move(images));
  parts_.push_back(std::move(part));
}

std::vector<Sample> FeatureStore::samples_of(const Part& part) const {
  return {samples_.begin() + static_cast<std::ptrdiff_t>(part.first_row),
          samples_.begin() + static_cast<std::ptrdiff_t>(part.end_row)};
}

std::string FeatureStore::digest() const {
  return joined(parts_, [](const Part& part) { return part.digest; });
}

std::string FeatureStore::split_digest() const {
  return joined(parts_, [](const Part& part) { return part.split_digest; });
}

void FeatureStore::read_manifest(const fs::path& file, std::size_t first_source, bool negatives) {
  CsvReader reader(file, {"row", "path", "label", "split", "width", "height", "sha256", "group", "source"});
  const std::size_t first_row = samples_.size();
  std::vector<std::string> cells;
  while (reader.next(cells)) {
    try {
      Sample sample{unescape_path(cells[1]),
                    std::stoi(cells[2]),
                    cells[3] == "validation" ? Split::kValidation : Split::kTrain,
                    std::stoi(cells[4]),
                    std::stoi(cells[5]),
                    cells[6],
                    first_row + std::stoull(cells[7]),
                    first_source + std::stoull(cells[8])};
      if (negatives) sample.label = kNegative;
      if (sample.label != kNegative && (sample.label < 0 || sample.label >= static_cast<int>(classes_.size()))) {
        fail(file, "a label of a known class", cells[2]);
      }
      if (sample.source >= sources_.size()) fail(file, "a source that dataset.json names", cells[8]);
      samples_.push_back(std::move(sample));
    } catch (const std::logic_error&) {
      fail(file, "numbers in row " + std::to_string(samples_.size() - first_row), "others");
    }
  }
}

std::vector<std::size_t> FeatureStore::rows(Split split) const {
  return rows_where(samples_, [&](const Sample& one) { return one.split == split && one.label != kNegative; });
}

std::vector<std::size_t> FeatureStore::negative_rows(Split split) const {
  return rows_where(samples_, [&](const Sample& one) { return one.split == split && one.label == kNegative; });
}

void FeatureStore::hold_back(const std::vector<bool>& rows) {
  for (std::size_t row = 0; row < rows.size(); ++row) {
    samples_[row].split = rows[row] ? Split::kValidation : Split::kTrain;
  }
  for (Part& part : parts_) part.split_digest = validation_digest(samples_of(part));
}

void FeatureStore::leave_out(const std::vector<std::size_t>& rows) {
  for (const std::size_t row : rows) samples_[row].split = Split::kLeftOut;
}

void FeatureStore::copy_picture(std::size_t row, std::uint8_t* out) const {
  std::size_t part = 0;
  while (row >= parts_[part].end_row) ++part;
  const NpyArray& images = *images_[part];
  row -= parts_[part].first_row;
  const std::size_t values = static_cast<std::size_t>(size_) * size_ * 3;
  if (images.descr() == "|u1") {
    std::memcpy(out, images.data() + row * values, values);
    return;
  }
  const auto* floats = reinterpret_cast<const float*>(images.data()) + row * values;
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
