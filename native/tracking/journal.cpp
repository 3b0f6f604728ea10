#include "tracking/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "support/files.h"

namespace catdog::tracking {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;

// The bytes from `offset` to the end of the line, without the '\n'; nothing where no '\n' follows.
std::optional<std::string> line_at(int descriptor, std::size_t offset) {
  std::string line;
  std::array<char, kReadBytes> buffer;
  for (;;) {
    const ssize_t got = ::pread(descriptor, buffer.data(), buffer.size(), static_cast<off_t>(offset + line.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    const void* end = std::memchr(buffer.data(), '\n', static_cast<std::size_t>(got));
    if (end) return line.append(buffer.data(), static_cast<const char*>(end) - buffer.data());
    line.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

// False where not all of it could be written.
bool write_all(int descriptor, const std::string& text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t now = ::write(descriptor, text.data() + written, text.size() - written);
    if (now < 0 && errno == EINTR) continue;
    if (now < 0) return false;
    written += static_cast<std::size_t>(now);
  }
  return true;
}

}  // namespace

Journal::Journal(const std::filesystem::path& file)
    : file_(file), descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0) fail(file, "a file that can be written", std::strerror(errno));
  try {
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0)
      fail(file, "nobody else at this run", "that another process uses it");
    recover();
    const std::filesystem::path folder = file.parent_path();
    sync_to_disk(folder.empty() ? "." : folder);
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

Journal::~Journal() { ::close(descriptor_); }

void Journal::recover() {
  for (std::size_t line = 1;; ++line) {
    const std::optional<std::string> text = line_at(descriptor_, size_);
    if (!text) break;
    const Json json = Json::parse(*text, nullptr, false);
    if (!json.is_object() || !json.contains("id") || !json["id"].is_string()) {
      fail(file_, "a record of the tracking journal in line " + std::to_string(line), "\"" + cut(*text, 80) + '"');
    }
    ids_.insert(json["id"].get<std::string>());
    size_ += text->size() + 1;
  }
  if (::ftruncate(descriptor_, static_cast<off_t>(size_)) != 0)
    fail(file_, "a file that can be written", std::strerror(errno));
}

bool Journal::append(const std::string& id, const std::string& type, Json record) {
  Json whole = {{"id", id}, {"type", type}, {"time", now_ms()}};
  if (!record.is_null()) whole.update(record);
  const std::string line = whole.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
  {
    const std::lock_guard lock(mutex_);
    if (ids_.count(id) > 0) return false;
    if (!write_all(descriptor_, line)) {
      const std::string found = std::strerror(errno);
      if (::ftruncate(descriptor_, static_cast<off_t>(size_)) != 0) fail(file_, "to be cut back", std::strerror(errno));
      fail(file_, "that a record can be written", found);
    }
    ids_.insert(id);
    size_ += line.size();
  }
  grown_.notify_all();
  return true;
}

std::size_t Journal::count() const {
  const std::lock_guard lock(mutex_);
  return ids_.size();
}

std::size_t Journal::count(const std::string& start) const {
  const std::lock_guard lock(mutex_);
  std::size_t found = 0;
  for (auto id = ids_.lower_bound(start); id != ids_.end() && id->compare(0, start.size(), start) == 0; ++id) ++found;
  return found;
}

bool Journal::has(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  return ids_.count(id) > 0;
}

std::optional<Record> Journal::read(std::size_t offset) const {
  if (offset >= size()) return std::nullopt;
  const std::optional<std::string> line = line_at(descriptor_, offset);
  if (!line) fail(file_, "a whole line at byte " + std::to_string(offset), "none: the file was changed");
  return Record{Json::parse(*line), offset + line->size() + 1};
}

std::size_t Journal::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

void Journal::wait_for_more(std::size_t offset, double seconds) {
  std::unique_lock lock(mutex_);
  grown_.wait_for(lock, std::chrono::duration<double>(seconds), [&] { return size_ > offset || woken_; });
  woken_ = false;
}

void Journal::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  grown_.notify_all();
}

void Journal::flush_to_disk() {
  const std::size_t written = size();
  if (written == flushed_) return;
  if (::fdatasync(descriptor_) != 0) fail(file_, "to be written to the disk", std::strerror(errno));
  flushed_ = written;
}

}  // namespace catdog::tracking
