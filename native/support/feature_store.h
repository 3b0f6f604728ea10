// The feature store: a folder with the photos of a data set, preprocessed once. Written by catdog-features,
// read by catdog-train.
//
//   images.npy    N×S×S×3, uint8 (or float32 in [0, 1])
//   labels.npy    N, int64: the index of the class
//   manifest.csv  row,path,label,split,width,height,sha256,group
//   skipped.csv   path,reason
//   dataset.json  classes, counts, sizes, seed, digests
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "catdog/photo/image.h"
#include "support/npy.h"

namespace catdog {

inline constexpr int kFeatureStoreFormat = 1;

enum class Split { kTrain, kValidation, kLeftOut };
const char* split_name(Split split);  // "train", "validation", "left out"

struct Sample {
  std::string path;  // relative to the data set's folder
  int label = 0;
  Split split = Split::kTrain;
  int width = 0;  // of the photo: upright, at full size
  int height = 0;
  std::string sha256;     // of the file
  std::size_t group = 0;  // near-duplicates share one: the row of the first of them
};

class FeatureStore {
 public:
  // Throws std::runtime_error naming the file, what was expected and what was found.
  explicit FeatureStore(const std::filesystem::path& folder);

  const std::vector<std::string>& classes() const { return classes_; }
  const std::vector<Sample>& samples() const { return samples_; }
  int size() const { return size_; }
  // Identifies the photos, their labels and preprocessing; the other one which photos are held back.
  const std::string& digest() const { return digest_; }
  const std::string& split_digest() const { return split_digest_; }

  // Holds other photos back than the store says (in memory only). `rows`: for each photo, whether it is held back.
  void hold_back(const std::vector<bool>& rows);
  // Takes photos out of both parts (in memory only); split_digest() stays, as it tells how the data were parted.
  void leave_out(const std::vector<std::size_t>& rows);

  // Writes S×S×3 bytes.
  void copy_picture(std::size_t row, std::uint8_t* out) const;

 private:
  void read_manifest(const std::filesystem::path& file);

  std::vector<std::string> classes_;
  std::vector<Sample> samples_;
  int size_ = 0;
  std::string digest_;
  std::string split_digest_;
  std::unique_ptr<NpyArray> images_;
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
