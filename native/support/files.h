// Files and folders: listing, reading, and writing that is whole or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "catdog/bytes.h"

namespace catdog {

// Throws std::runtime_error: "PATH: expected …, found …".
[[noreturn]] void fail(const std::filesystem::path& path, const std::string& expected, const std::string& found);

// The folder's own name, also of "runs/first/" and of ".".
std::string folder_name(const std::filesystem::path& folder);

// The files below `folder`, clutter left out (catdog/photo/paths.h): their paths relative to it, '/' between folders,
// in path order. Folders that are symbolic links are not followed. Sub-folders that cannot be opened are listed as
// files: reading them says why. Throws std::runtime_error where `folder` is missing, no folder, or unreadable, and
// Interrupted.
std::vector<std::string> list_files(const std::filesystem::path& folder);

// The whole file. Throws std::runtime_error ("expected a readable file, found …") where it cannot be read, is no
// regular file, or is larger than kMaxFileBytes.
std::vector<std::uint8_t> read_file(const std::filesystem::path& file);

inline Bytes view(const std::vector<std::uint8_t>& bytes) { return {bytes.data(), bytes.size()}; }

// Flushes a file or a folder to the disk. Throws std::runtime_error.
void sync_to_disk(const std::filesystem::path& path);

// A file that appears under its name only when it is complete: written beside, synced, then renamed. (A device or pipe
// is written directly; to what is open already, such as /dev/stdout, is added; of a symbolic link the file is replaced
// that it points to.)
class AtomicFile {
 public:
  // Throws std::runtime_error where the file cannot be created.
  explicit AtomicFile(const std::filesystem::path& target);
  ~AtomicFile();  // without commit: nothing is left behind
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  std::ostream& stream() { return stream_; }
  // Throws std::runtime_error where anything could not be written (a full disk, say); the old file is then untouched.
  void commit();

 private:
  std::filesystem::path target_;
  std::filesystem::path temporary_;
  std::ofstream stream_;
};

void write_file(const std::filesystem::path& target, const std::string& contents);

}  // namespace catdog
