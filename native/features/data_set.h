// The files of a data set: a folder of class folders.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace catdog {

struct SourceFile {
  std::filesystem::path file;
  std::string path;  // relative to the data set's folder
  int label = 0;
};

struct DataSet {
  std::vector<std::string> classes;  // in alphabetical (byte) order of the folders
  std::vector<SourceFile> files;     // in path order
  std::vector<std::string> strays;   // files beside the class folders
};

// Throws std::runtime_error where there are not at least two class folders with a file in each.
DataSet find_data_set(const std::filesystem::path& folder);

// Identifies the files by path, size and time of change, without reading them.
std::string files_digest(const DataSet& data);

}  // namespace catdog
