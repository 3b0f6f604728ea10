// The files of data sets: folders of class folders.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "support/feature_store.h"

namespace catdog {

struct SourceFile {
  std::filesystem::path file;
  std::string path;  // relative to the data set's folder
  int label = 0;     // or kNegative
  std::size_t source = 0;
  std::string category;  // photos of one category are alike, and are not parted; empty: not known
};

struct Skipped {
  std::string path;
  std::string reason;
};

struct DataSet {
  std::vector<std::string> classes;  // in alphabetical (byte) order of the folders
  std::vector<Source> sources;
  std::vector<SourceFile> files;  // in path order
  std::vector<Skipped> strays;    // files that have no label
};

enum class Layout {
  kFolders,     // find_data_set
  kFlat,        // find_flat_data_set
  kSources,     // find_sources
  kUnlabelled,  // find_unlabelled
};
// The photos of a folder in that layout.
DataSet find_photos(const std::filesystem::path& folder, Layout layout);

// Class names are text: of folders whose names are not UTF-8, as escape_path() writes them. A class folder may be a
// symbolic link to one; folders in it are not followed. Throws std::runtime_error where there are not at least two
// class folders with a file in each, where one has the name of a decision, and where the folders part a data set into
// train and test.
DataSet find_data_set(const std::filesystem::path& folder);

// Every folder in `folder` is a data set of its own, a source, in the layout of find_data_set; a class may be missing
// in some of them. The photos of a source are one category: they are held out together.
DataSet find_sources(const std::filesystem::path& folder);

// All files lie in one folder, and their names begin with their labels: "cat" of "cat.0.jpg" (Kaggle's "Dogs vs.
// Cats"). Files called otherwise, and those in folders, are strays. Throws std::runtime_error where there are not two
// labels.
DataSet find_flat_data_set(const std::filesystem::path& folder);

// Makes one data set of several of the same classes. `names` are those of the folders, put before the paths. Throws
// std::runtime_error where two have the same name, or other classes.
DataSet join_data_sets(std::vector<DataSet> sets, const std::vector<std::string>& names);

// Makes the photos of the class `name` negatives. Throws std::runtime_error, naming `folder`, where there is no such
// class, or fewer than two are left.
void take_as_negatives(DataSet& data, const std::string& name, const std::filesystem::path& folder);

// The one class of photos that belong to none.
inline constexpr const char* kOtherClass = "other";

// All files in the folder and the folders in it, as photos of the one class kOtherClass. Their category is their
// folder; where they all lie together, what their names begin with ("anchor" of "anchor_0007.jpg") if that makes enough
// categories, else every photo is its own. Throws std::runtime_error where there is no file.
DataSet find_unlabelled(const std::filesystem::path& folder);

// Identifies the files by path, size, time of change and whether they may be read, without reading them.
std::string files_digest(const DataSet& data);

}  // namespace catdog
