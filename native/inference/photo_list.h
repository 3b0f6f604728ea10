// The files to classify: from folders, single files, or a list on standard input.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace catdog {

// A million entries are a million paths in memory, and nothing more.
class PhotoList {
 public:
  // A file or folder that is written: to be called before add(), whose folders are then listed without it and all below
  // it.
  void leave_out(const std::filesystem::path& own);

  // A folder, with everything below it but what linked folders hold: rows are called by the folder's own name, '/' and
  // the path below it, as in the page; where several folders have one name, by the paths that were given. A file: its
  // row is called as given. Throws std::runtime_error where there is nothing of that name.
  void add(const std::string& argument);

  // The paths that `descriptor` delivers, each ended by `separator`; rows are called as listed. Lines may end as on
  // Windows (CR LF), and a byte order mark may come first. What is wrong with a path is for its row to say. Throws
  // where reading fails or is interrupted, where NUL ends paths that new lines should, and where the list is UTF-16.
  void add_listed(int descriptor, char separator);

  // In the order of rows; to be called once, after the last addition.
  void sort();
  // Only the entries [begin, end) stay.
  void keep(std::size_t begin, std::size_t end);

  std::size_t own_files() const { return own_files_; }  // that add() found and left out
  std::size_t size() const { return entries_.size(); }
  const std::string& path(std::size_t index) const { return entries_[index].path; }  // in the CSV
  std::string file(std::size_t index) const;                                         // to open

 private:
  void tell_folders_apart();
  void end_listed(std::string& path, char separator, bool first);
  bool is_own(const std::filesystem::path& file) const;

  struct Folder {
    std::string place;     // where it is
    std::string own_name;  // "photos" of holiday/photos
    std::string called;    // with which its entries' paths begin
  };
  struct Entry {
    std::string path;
    int folder;  // index into folders_; -1: the path is the file
  };
  std::vector<Folder> folders_;
  std::vector<Entry> entries_;
  std::vector<std::filesystem::path> own_;  // without links
  std::size_t own_files_ = 0;
};

}  // namespace catdog
