#include "features/data_set.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <initializer_list>
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
    if (is_hidden_or_system_file(name) || !entry.is_symlink() || !entry.is_directory(dangling)) continue;
    for (const std::string& path : list_files(entry.path())) paths.push_back(name + '/' + path);
  }
  std::sort(paths.begin(), paths.end(), path_less);
  return paths;
}

constexpr const char* kFlatExample = "cat.0.jpg";

// "cat" of "cat.0.jpg"; empty for a name of fewer than three parts, and for a file in a folder.
std::string flat_label(const std::string& path) {
  const std::size_t first = path.find('.'), last = path.rfind('.');
  return path.find('/') == std::string::npos && first != last ? path.substr(0, first) : "";
}

// Classes in the order of the names' bytes. A name of any bytes becomes text, and stays apart from all others.
template <class NameOf>
void set_labels(DataSet& data, const fs::path& folder, const std::set<std::string>& names, NameOf name_of) {
  const std::vector<std::string> sorted(names.begin(), names.end());
  for (const std::string& name : sorted) {
    if (is_decision_word(name)) fail(folder, "classes called otherwise than decisions on photos", "'" + name + "'");
  }
  for (SourceFile& file : data.files) {
    const auto at = std::lower_bound(sorted.begin(), sorted.end(), name_of(file));
    file.label = static_cast<int>(at - sorted.begin());
  }
  for (const std::string& name : sorted) data.classes.push_back(escape_path(name));
}

// "train" of "Train", "training_set" and "train1".
bool is_called(const std::string& name, std::initializer_list<const char*> words) {
  std::string plain;
  for (const char c : name) {
    if (std::isalpha(static_cast<unsigned char>(c))) plain += static_cast<char>(std::tolower(c));
  }
  if (plain.size() > 3 && plain.compare(plain.size() - 3, 3, "set") == 0) plain.erase(plain.size() - 3);
  return std::find(words.begin(), words.end(), plain) != words.end();
}

// How to read the files below the folder `name`: "--data FOLDER/name", and the layout that they have.
std::string advice(const fs::path& folder, const std::string& name, const std::vector<SourceFile>& files) {
  const bool flat = std::none_of(files.begin(), files.end(), [&](const SourceFile& file) {
    return file.path.rfind(name + '/', 0) == 0 && file.path.find('/', name.size() + 1) != std::string::npos;
  });
  return "try --data " + (folder / name).string() + (flat ? " --layout flat" : "");
}

// Throws where the folders are no class folders.
void refuse_other_layouts(const fs::path& folder, const std::set<std::string>& names,
                          const std::vector<SourceFile>& files) {
  const auto train = std::find_if(names.begin(), names.end(), [](const std::string& name) {
    return is_called(name, {"train", "training"});
  });
  const bool tested = std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return is_called(name, {"test", "testing", "val", "valid", "validation", "dev", "eval", "evaluation"});
  });
  if (train != names.end() && tested) {
    fail(folder, "class folders (such as Cat and Dog)",
         "the layout of a data set parted into train and test ('" + *train +
             "' and others); catdog-features parts the photos itself: " + advice(folder, *train, files));
  }
  if (names.size() >= 2) return;
  std::string found = names.empty() ? "none" : "only '" + *names.begin() + "'";
  if (names.size() == 1) {
    const std::string& only = *names.begin();
    const bool nested = std::any_of(files.begin(), files.end(), [&](const SourceFile& file) {
      return file.path.find('/', only.size() + 1) != std::string::npos;
    });
    if (nested) found += "; " + advice(folder, only, files);
  } else if (std::error_code failed; fs::is_directory(folder, failed)) {
    std::set<std::string> labels;
    for (const std::string& path : list_files(folder)) labels.insert(flat_label(path));
    labels.erase("");
    if (labels.size() >= 2) found += std::string("; files called as ") + kFlatExample + " are read with --layout flat";
  }
  fail(folder, "at least two class folders with photos in them (such as Cat and Dog)", found);
}

Source source_of(const fs::path& folder) { return {escape_path(folder_name(folder)), 1}; }

}  // namespace

DataSet find_photos(const fs::path& folder, Layout layout) {
  switch (layout) {
    case Layout::kFlat: return find_flat_data_set(folder);
    case Layout::kSources: return find_sources(folder);
    case Layout::kUnlabelled: return find_unlabelled(folder);
    case Layout::kFolders: break;
  }
  return find_data_set(folder);
}

DataSet find_data_set(const fs::path& folder) {
  DataSet data;
  std::set<std::string> names;
  for (std::string& path : list_classes(folder)) {
    const std::size_t slash = path.find('/');
    if (slash == std::string::npos) {
      const bool is_folder = fs::is_directory(folder / path);  // one that must not be read
      data.strays.push_back({path, is_folder ? "expected a folder that can be read, found one that cannot"
                                             : "expected in a class folder, found beside them"});
      continue;
    }
    names.insert(path.substr(0, slash));
    data.files.push_back({folder / path, path, 0, 0, {}});
  }
  refuse_other_layouts(folder, names, data.files);
  set_labels(data, folder, names, [](const SourceFile& file) { return file.path.substr(0, file.path.find('/')); });
  data.sources = {source_of(folder)};
  return data;
}

DataSet find_sources(const fs::path& folder) {
  DataSet data;
  std::set<std::string> names, sources;
  for (std::string& path : list_files(folder)) {
    const std::size_t first = path.find('/'), second = first == path.npos ? path.npos : path.find('/', first + 1);
    if (second == path.npos) {
      data.strays.push_back({path, "expected in a class folder of a source, found beside them"});
      continue;
    }
    names.insert(path.substr(first + 1, second - first - 1));
    sources.insert(path.substr(0, first));
    data.files.push_back({folder / path, path, 0, 0, path.substr(0, first)});
  }
  if (names.size() < 2) {
    fail(folder, "sources with at least two class folders among them (such as SOURCE/Cat and SOURCE/Dog)",
         names.empty() ? "none" : "only '" + *names.begin() + "'");
  }
  set_labels(data, folder, names, [](const SourceFile& file) {
    const std::size_t first = file.path.find('/') + 1;
    return file.path.substr(first, file.path.find('/', first) - first);
  });
  for (const std::string& name : sources) data.sources.push_back({escape_path(name), 1});
  for (SourceFile& file : data.files) {
    file.source = static_cast<std::size_t>(std::distance(sources.begin(), sources.find(file.category)));
  }
  return data;
}

DataSet find_flat_data_set(const fs::path& folder) {
  DataSet data;
  std::set<std::string> names;
  for (std::string& path : list_files(folder)) {
    const std::string name = flat_label(path);
    if (name.empty()) {
      data.strays.push_back({path, std::string("expected a file called as ") + kFlatExample + ", found another name"});
      continue;
    }
    names.insert(name);
    data.files.push_back({folder / path, path, 0, 0, {}});
  }
  if (names.size() < 2) {
    fail(folder, std::string("files of at least two labels, called as ") + kFlatExample + " and dog.0.jpg",
         names.empty() ? "none" : "only '" + *names.begin() + "'");
  }
  set_labels(data, folder, names, [](const SourceFile& file) { return flat_label(file.path); });
  data.sources = {source_of(folder)};
  return data;
}

DataSet find_unlabelled(const fs::path& folder) {
  constexpr std::size_t kEnoughCategories = 10;
  DataSet data;
  data.classes = {kOtherClass};
  data.sources = {source_of(folder)};
  std::set<std::string> categories;
  for (const std::string& path : list_files(folder)) {
    const std::size_t slash = path.rfind('/');
    const std::string name = slash == std::string::npos ? path : path.substr(0, slash);
    const std::string category =
        slash == std::string::npos ? name.substr(0, name.find_first_of("0123456789_-. ")) : name;
    data.files.push_back({folder / path, path, 0, 0, category});
    categories.insert(category);
  }
  if (data.files.empty()) throw std::runtime_error(folder.string() + ": expected photos, found no file");
  if (categories.size() < kEnoughCategories) {
    for (SourceFile& file : data.files) file.category = file.path;
  }
  return data;
}

DataSet join_data_sets(std::vector<DataSet> sets, const std::vector<std::string>& names) {
  DataSet all;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    if (i > 0 && sets[i].classes != sets[0].classes) {
      fail(names[i], "the classes of " + names[0], "others");
    }
    if (!seen.insert(names[i]).second) fail(names[i], "data sets of different names", "two of this name");
    for (SourceFile& file : sets[i].files) {
      file.path = names[i] + '/' + file.path;
      file.source += all.sources.size();
      if (!file.category.empty()) file.category = names[i] + '/' + file.category;
      all.files.push_back(std::move(file));
    }
    for (Skipped& stray : sets[i].strays) all.strays.push_back({names[i] + '/' + stray.path, stray.reason});
    for (Source& source : sets[i].sources) {
      if (sets[i].sources.size() > 1) source.name = names[i] + '/' + source.name;
      all.sources.push_back(std::move(source));
    }
  }
  all.classes = sets.front().classes;
  std::sort(all.files.begin(), all.files.end(),
            [](const SourceFile& a, const SourceFile& b) { return path_less(a.path, b.path); });
  return all;
}

void take_as_negatives(DataSet& data, const std::string& name, const fs::path& folder) {
  const auto found = std::find(data.classes.begin(), data.classes.end(), name);
  if (found == data.classes.end()) fail(folder, "a class folder '" + name + "' (--negative-class)", "none");
  const int label = static_cast<int>(found - data.classes.begin());
  data.classes.erase(found);
  if (data.classes.size() < 2) fail(folder, "at least two class folders besides '" + name + "'", "fewer");
  for (SourceFile& file : data.files) {
    if (file.label == label) {
      file.label = kNegative;
    } else if (file.label > label) {
      --file.label;
    }
  }
}

std::string files_digest(const DataSet& data) {
  Sha256 hash;
  for (const Source& source : data.sources) hash.add(source.name + '\0' + std::to_string(source.weight) + '\0');
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
