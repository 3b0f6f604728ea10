// The feature store: a folder with the photos of one or several data sets, preprocessed once. Written by
// catdog-features, read by catdog-train.
//
//   images.npy    N×S×S×3, uint8 (or float32 in [0, 1])
//   labels.npy    N, int64: the index of the class; -1: a negative, which shows none of them
//   manifest.csv  row,path,label,split,width,height,sha256,group,source
//   skipped.csv   path,reason
//   dataset.json  classes, sources, counts, sizes, seed, digests
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "catdog/photo/image.h"
#include "support/npy.h"

namespace catdog {

inline constexpr int kFeatureStoreFormat = 2;
inline constexpr int kNegative = -1;  // the label of a photo of none of the classes

enum class Split { kTrain, kValidation, kLeftOut };
const char* split_name(Split split);  // "train", "validation", "left out"

struct Sample {
  std::string path;  // relative to the data set's folder
  int label = 0;     // of a class, or kNegative
  Split split = Split::kTrain;
  int width = 0;  // of the photo: upright, at full size
  int height = 0;
  std::string sha256;      // of the file
  std::size_t group = 0;   // near-duplicates share one: the row of the first of them
  std::size_t source = 0;  // where it comes from, of FeatureStore::sources()
};

// One of the collections that the photos come from.
struct Source {
  std::string name;
  double weight = 1;  // how often a training sees each of its photos in an epoch
};

// A folder given to be read together with others.
struct WeightedFolder {
  std::filesystem::path folder;
  double weight = 1;
};
// "features", or "features:2.5" for a weight from 0 to 1000. Throws std::invalid_argument naming what was expected.
WeightedFolder parse_weighted_folder(const std::string& text);
// What is wrong with such a text; empty: nothing.
std::string not_a_weighted_folder(const std::string& text);

class FeatureStore {
 public:
  // Throws std::runtime_error naming the file, what was expected and what was found.
  explicit FeatureStore(const std::filesystem::path& folder);
  // Several stores as one, in this order. Their weights multiply those of their sources. Of the folders in `negatives`
  // all photos are negatives, whatever they are called there. Throws where their classes or sizes differ.
  FeatureStore(const std::vector<WeightedFolder>& folders, const std::vector<WeightedFolder>& negatives);

  const std::vector<std::string>& classes() const { return classes_; }
  const std::vector<Sample>& samples() const { return samples_; }
  const std::vector<Source>& sources() const { return sources_; }
  int size() const { return size_; }
  // Identifies the photos, their labels and preprocessing; the other one which photos are held out. Of several
  // folders: all of theirs.
  std::string digest() const;
  std::string split_digest() const;
  // The folders that were read together, in order.
  struct Part {
    WeightedFolder from;
    std::size_t first_row = 0, end_row = 0;
    std::string digest, split_digest;
  };
  const std::vector<Part>& parts() const { return parts_; }
  // The rows of one split: those of photos with a class, or the negatives.
  std::vector<std::size_t> rows(Split split) const;
  std::vector<std::size_t> negative_rows(Split split) const;

  // Holds other photos back than the store says (in memory only). `rows`: for each photo, whether it is held out.
  void hold_back(const std::vector<bool>& rows);
  // Takes photos out of both parts (in memory only); split_digest() stays, as it tells how the data were parted.
  void leave_out(const std::vector<std::size_t>& rows);

  // Writes S×S×3 bytes.
  void copy_picture(std::size_t row, std::uint8_t* out) const;

 private:
  void append(const WeightedFolder& from, bool negatives);
  std::vector<Sample> samples_of(const Part& part) const;
  void read_manifest(const std::filesystem::path& file, std::size_t first_source, bool negatives);

  std::vector<std::string> classes_;
  std::vector<Sample> samples_;
  std::vector<Source> sources_;
  int size_ = 0;
  std::vector<Part> parts_;
  std::vector<std::unique_ptr<NpyArray>> images_;  // of each part
};

// The stored picture, resized as any photo is where a network takes others. Throws std::bad_alloc.
Image stored_picture(const FeatureStore& store, std::size_t row, int size);

// Says on stderr where the store's pictures are smaller than the `size` pixels a side that `user` (a model, a training)
// wants to see.
void warn_of_enlarging(const FeatureStore& store, int size, const std::filesystem::path& user);

// SHA-256 of (sha256 and label of every photo), and of those of the validation part. In row order.
std::string samples_digest(const std::vector<Sample>& samples);
std::string validation_digest(const std::vector<Sample>& samples);

}  // namespace catdog
