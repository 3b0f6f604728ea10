// The photos that networks are measured on: those of a feature store, or files of a folder.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "features/data_set.h"
#include "support/feature_store.h"

namespace catdog {

struct TestSet {
  std::string name;  // of the folder
  std::vector<std::string> classes;
  std::vector<Source> sources;
  std::vector<Sample> samples;       // one for each row
  std::string digest, split_digest;  // as of a feature store of these photos; empty: not known yet
};

TestSet test_set_of(const FeatureStore& store, const std::filesystem::path& folder);

// A test set of files. Rows of `set` and `files` are the same; those from `own` on are negatives of another folder,
// which no training is asked about.
struct FileSet {
  TestSet set;
  std::vector<std::filesystem::path> files;
  std::vector<std::string> paths;  // as in predictions: they begin with the folder's name
  std::size_t own = 0;
  std::vector<Skipped> skipped;  // files that cannot be read
};

struct FileSetOptions {
  std::filesystem::path folder;
  Layout layout = Layout::kFolders;
  std::string negative_class;       // of the class folder whose photos show none of the classes; empty: there is none
  std::filesystem::path negatives;  // a folder of further such photos; empty: none
  // How a training that measured with a part of these photos made its feature store: which ones it held out follows.
  int size = 0;  // pixels
  double validation_share = 0.2;
  std::uint64_t seed = 1;
  int threads = 0;  // 0: one for each core
};

// The files of a folder, without reading them: what the photos are like, and digests, is not known. Throws
// std::runtime_error where there are none in that layout, or a class is none of `labels`.
FileSet find_files(const FileSetOptions& options, const std::vector<std::string>& labels);

// The same, read, and split as catdog-features splits them. What cannot be read is skipped.
FileSet read_and_split(const FileSetOptions& options, const std::vector<std::string>& labels);

// Sets the digests, of a set whose photos were read. `errors`: of each row, not empty where that failed; empty:
// nowhere.
void set_digests(FileSet& set, const std::vector<std::string>& errors = {});

}  // namespace catdog
