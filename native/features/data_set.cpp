#include "features/data_set.h"

#include <unistd.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "catdog/model/prediction.h"
#include "catdog/photo/paths.h"
#include "support/files.h"
#include "support/hash.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

// As list_files, but a class folder itself may be a symbolic link.
std::vector<std::string> list_classes(const fs::path& folder) {
  std::vector<std::string> paths = list_files(folder);
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    std::error_code dangling;
    if (is_clutter(name) || !entry.is_symlink() || !entry.is_directory(dangling)) continue;
    for (const std::string& path : list_files(entry.path())) paths.push_back(name + '/' + path);
  }
  std::sort(paths.begin(), paths.end(), path_less);
  return paths;
}

}  // namespace

DataSet find_data_set(const fs::path& folder) {
  DataSet data;
  const auto fail = [&](const std::string& expected, const std::string& found) {
    throw std::runtime_error(folder.string() + ": expected " + expected + ", found " + found);
  };
  for (std::string& path : list_classes(folder)) {
    const std::size_t slash = path.find('/');
    if (slash == std::string::npos) {
      const bool is_folder = fs::is_directory(folder / path);  // one that must not be read
      data.strays.push_back({path, is_folder ? "expected a folder that can be read, found one that cannot"
                                             : "expected in a class folder, found beside them"});
      continue;
    }
    const std::string name = path.substr(0, slash);
    if (std::find(data.classes.begin(), data.classes.end(), name) == data.classes.end()) data.classes.push_back(name);
    data.files.push_back({folder / path, path, 0, {}});
  }
  std::sort(data.classes.begin(), data.classes.end());
  for (SourceFile& file : data.files) {
    const std::string name = file.path.substr(0, file.path.find('/'));
    const auto at = std::lower_bound(data.classes.begin(), data.classes.end(), name);
    file.label = static_cast<int>(at - data.classes.begin());
  }
  for (const std::string& name : data.classes) {
    if (is_decision_word(name)) fail("class folders called otherwise than decisions on photos", "'" + name + "'");
  }
  if (data.classes.size() < 2) {
    fail("at least two class folders with photos in them (such as Cat and Dog)",
         data.classes.empty() ? "none" : "only '" + data.classes[0] + "'");
  }
  return data;
}

DataSet find_unlabelled(const fs::path& folder) {
  constexpr std::size_t kEnoughCategories = 10;
  DataSet data;
  data.classes = {kOtherClass};
  std::set<std::string> categories;
  for (const std::string& path : list_files(folder)) {
    const std::size_t slash = path.rfind('/');
    const std::string name = slash == std::string::npos ? path : path.substr(0, slash);
    const std::string category =
        slash == std::string::npos ? name.substr(0, name.find_first_of("0123456789_-. ")) : name;
    data.files.push_back({folder / path, path, 0, category});
    categories.insert(category);
  }
  if (data.files.empty()) throw std::runtime_error(folder.string() + ": expected photos, found no file");
  if (categories.size() < kEnoughCategories) {
    for (SourceFile& file : data.files) file.category = file.path;
  }
  return data;
}

std::string files_digest(const DataSet& data) {
  Sha256 hash;
  for (const SourceFile& source : data.files) {
    std::error_code ignored;
    const auto size = fs::file_size(source.file, ignored);
    const auto changed = fs::last_write_time(source.file, ignored).time_since_epoch().count();
    const bool readable = ::access(source.file.c_str(), R_OK) == 0;  // what could not be read may be now
    hash.add(source.path + '\0' + std::to_string(size) + ' ' + std::to_string(changed) + (readable ? "\n" : " no\n"));
  }
  for (const Skipped& stray : data.strays) hash.add(stray.path + '\0' + stray.reason + '\0');
  return hash.hex();
}

}  // namespace catdog
