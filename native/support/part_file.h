// Files and folders in the making. They lie beside what they are to become, under its name, ".part-" and 16 random
// digits, and are locked (flock) while their process lives: so what a dead process left can be told, and removed.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace catdog {

// An open file or folder, closed in any case.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
  Descriptor& operator=(Descriptor&& other) noexcept;
  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

// The folder, for openat() and its kin. Not open where that fails; errno says why.
Descriptor open_folder(const std::filesystem::path& folder);

class PartFile {
 public:
  // In the open folder, for a file that will be called `name` there; open for reading and writing. `mode`: permissions,
  // less the umask. Throws std::system_error.
  PartFile(Descriptor folder, const std::string& name, mode_t mode);
  ~PartFile();  // removes it, unless it was renamed
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  int descriptor() const { return file_.get(); }
  // Replaces what has that name in the folder, and follows no link. Gives 0, or errno.
  int rename_to(const std::string& name);

 private:
  Descriptor folder_, file_;
  std::string part_;  // its name; empty: it has another one now
};

class PartFolder {
 public:
  // Beside `target`. Throws std::system_error.
  explicit PartFolder(const std::filesystem::path& target);
  ~PartFolder();  // removes what has the name then, with all in it
  PartFolder(const PartFolder&) = delete;
  PartFolder& operator=(const PartFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  Descriptor lock_;
};

// Removes files and folders in the making whose processes are dead. `below`: also in the folders in it, but those that
// are links. What cannot be removed, stays; a folder that is not there has none.
void remove_abandoned_parts(const std::filesystem::path& folder, bool below = false);

// Writes all of it. Gives 0, or errno.
int write_all(int descriptor, const char* data, std::size_t size);

// Writes a file below `root`, and makes the folders on its way. Follows no link below `root`, and replaces one that has
// the file's name. `file`: relative, without "..". Throws std::runtime_error.
void write_file_below(const std::filesystem::path& root, const std::filesystem::path& file,
                      const std::string& contents);

}  // namespace catdog
