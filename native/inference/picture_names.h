// Where the pictures of --explain go: one file for each photo, and no two photos share one.
#pragma once

#include <filesystem>
#include <string>
#include <unordered_set>

namespace catdog {

class PictureNames {
 public:
  // The file for the next photo, whose row is called `path` (any bytes): relative, without "..", with the same folders
  // and name where that can be, and ".png". Where another photo has that already, the name or a folder gets "-2", "-3",
  // …; so names depend on the order of the photos alone. Names longer than file systems take are cut.
  std::filesystem::path next(const std::string& path);

 private:
  std::unordered_set<std::string> files_, folders_;
};

}  // namespace catdog
