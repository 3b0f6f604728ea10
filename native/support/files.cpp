#include "support/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>
#include <system_error>

#include "catdog/photo/limits.h"
#include "catdog/photo/paths.h"
#include "support/interrupt.h"
#include "support/part_file.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

void list_into(const fs::path& folder, const std::string& prefix, std::vector<std::string>& found) {
  check_interrupt();
  std::vector<std::string> folders;  // looked into when this one is closed: however deep they lie, one is open
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    if (is_hidden_or_system_file(name)) continue;
    std::error_code ignored;
    if (!entry->is_directory(ignored)) {
      found.push_back(prefix + name);
    } else if (!entry->is_symlink(ignored)) {
      folders.push_back(name);
    }
  }
  for (const std::string& name : folders) list_into(folder / name, prefix + name + '/', found);
  if (!failed) return;
  const bool own_fault = failed == std::errc::too_many_files_open || failed == std::errc::not_enough_memory ||
                         failed == std::errc::too_many_files_open_in_system;
  if (prefix.empty() || own_fault) fail(folder, "a folder that can be read", failed.message());
  found.push_back(prefix.substr(0, prefix.size() - 1));
}

[[noreturn]] void unreadable(const std::string& found) {
  throw std::runtime_error("expected a readable file, found " + found);
}

}  // namespace

void fail(const fs::path& path, const std::string& expected, const std::string& found) {
  throw std::runtime_error(path.string() + ": expected " + expected + ", found " + found);
}

std::string folder_name(const fs::path& folder) {
  return fs::absolute(folder / "").lexically_normal().parent_path().filename().string();
}

std::vector<std::string> list_files(const fs::path& folder) {
  std::error_code failed;
  const fs::file_status status = fs::status(folder, failed);
  if (!fs::exists(status)) fail(folder, "a folder", "nothing of that name");
  if (!fs::is_directory(status)) fail(folder, "a folder", "a file");
  std::vector<std::string> found;
  list_into(folder, "", found);
  std::sort(found.begin(), found.end(), path_less);
  return found;
}

std::vector<std::uint8_t> read_file(const fs::path& file) {
  std::error_code failed;
  const fs::file_status status = fs::status(file, failed);
  if (status.type() == fs::file_type::not_found) unreadable("nothing of that name");
  if (fs::is_directory(status)) {
    unreadable(::access(file.c_str(), R_OK | X_OK) == 0 ? "a folder" : "a folder that must not be read");
  }
  if (!fs::is_regular_file(status)) unreadable(failed ? failed.message() : "a device or pipe");

  const Descriptor open_file(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!open_file) unreadable(std::strerror(errno));
  struct stat found {};
  if (::fstat(open_file.get(), &found) != 0) unreadable(std::strerror(errno));
  if (static_cast<std::uint64_t>(found.st_size) > kMaxFileBytes) {
    throw std::runtime_error("expected a file of at most " + std::to_string(kMaxFileBytes >> 20) + " MiB, found " +
                             std::to_string(static_cast<std::uint64_t>(found.st_size) >> 20) + " MiB");
  }
  std::vector<std::uint8_t> bytes;
  try {
    bytes.resize(static_cast<std::size_t>(found.st_size));
  } catch (const std::bad_alloc&) {
    throw std::runtime_error("expected memory to read the file, found none");
  }
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(open_file.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) unreadable(std::strerror(errno));
    if (got == 0) break;  // it became shorter meanwhile
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

void sync_to_disk(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int reason = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!synced) fail(path, "to be written to the disk", std::strerror(reason));
}

}  // namespace catdog
