#include "support/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "catdog/limits.h"
#include "catdog/paths.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void fail(const fs::path& path, const std::string& expected, const std::string& found) {
  throw std::runtime_error(path.string() + ": expected " + expected + ", found " + found);
}

void list_into(const fs::path& folder, const std::string& prefix, std::vector<FoundFile>& found) {
  std::error_code failed;
  fs::directory_iterator entries(folder, failed);
  if (failed) {
    if (prefix.empty()) fail(folder, "a folder that can be read", failed.message());
    found.push_back({folder, prefix.substr(0, prefix.size() - 1)});
    return;
  }
  for (const fs::directory_iterator end; entries != end;) {
    const fs::directory_entry& entry = *entries;
    const std::string path = prefix + entry.path().filename().string();
    std::error_code ignored;
    if (!is_clutter(path)) {
      if (entry.is_directory(ignored) && !entry.is_symlink(ignored)) {
        list_into(entry.path(), path + '/', found);
      } else if (!entry.is_directory(ignored)) {
        found.push_back({entry.path(), path});
      }
    }
    entries.increment(failed);
    if (failed) fail(folder, "a folder that can be read", failed.message());
  }
}

}  // namespace

std::vector<FoundFile> list_files(const fs::path& folder) {
  std::error_code failed;
  const fs::file_status status = fs::status(folder, failed);
  if (!fs::exists(status)) fail(folder, "a folder", "nothing of that name");
  if (!fs::is_directory(status)) fail(folder, "a folder", "a file");
  std::vector<FoundFile> found;
  list_into(folder, "", found);
  std::sort(found.begin(), found.end(),
            [](const FoundFile& a, const FoundFile& b) { return path_less(a.path, b.path); });
  return found;
}

std::vector<std::uint8_t> read_file(const fs::path& file) {
  const auto unreadable = [](const std::string& found) {
    return std::runtime_error("expected a readable file, found " + found);
  };
  std::error_code failed;
  const fs::file_status status = fs::status(file, failed);
  if (status.type() == fs::file_type::not_found) throw unreadable("nothing of that name");
  if (fs::is_directory(status)) throw unreadable("a folder");
  if (!fs::is_regular_file(status)) throw unreadable(failed ? failed.message() : "a device or pipe");

  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw unreadable(std::strerror(errno));
  std::vector<std::uint8_t> bytes(std::min<std::uintmax_t>(fs::file_size(file, failed), kMaxFileBytes + 1));
  std::size_t filled = 0;
  for (;;) {
    if (filled == bytes.size()) break;
    const ssize_t got = ::read(descriptor, bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int reason = errno;
      ::close(descriptor);
      throw unreadable(std::strerror(reason));
    }
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  ::close(descriptor);
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

AtomicFile::AtomicFile(fs::path target)
    : target_(std::move(target)), temporary_(target_.string() + ".part-" + std::to_string(::getpid())) {
  stream_.open(temporary_, std::ios::binary | std::ios::trunc);
  if (!stream_) fail(target_, "a file that can be written", std::strerror(errno));
}

AtomicFile::~AtomicFile() {
  stream_.close();
  std::error_code ignored;
  fs::remove(temporary_, ignored);
}

void AtomicFile::commit() {
  stream_.close();
  if (!stream_) fail(target_, "to be written whole", std::strerror(errno));
  sync_to_disk(temporary_);
  std::error_code failed;
  fs::rename(temporary_, target_, failed);
  if (failed) fail(target_, "to be replaced", failed.message());
}

void write_file(const fs::path& target, const std::string& contents) {
  AtomicFile file(target);
  file.stream() << contents;
  file.commit();
}

}  // namespace catdog
