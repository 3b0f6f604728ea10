#include "support/part_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <system_error>

#include "support/files.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

constexpr const char* kMark = ".part-";
constexpr std::size_t kDigits = 16;
constexpr std::size_t kMostOfName = 200;  // bytes, so that the whole is no longer than names may be
constexpr int kTries = 100;

[[noreturn]] void give_up(int reason) { throw std::system_error(reason, std::generic_category()); }

// A name that nobody can foresee.
std::string part_name(const std::string& name) {
  std::uint64_t random = 0;
  if (::getrandom(&random, sizeof random, 0) != sizeof random) give_up(errno);
  std::string part = name.substr(0, kMostOfName) + kMark;
  for (std::size_t i = 0; i < kDigits; ++i) part += "0123456789abcdef"[random >> (4 * i) & 15];
  return part;
}

bool is_part_name(const std::string& name) {
  const std::size_t mark = std::strlen(kMark);
  if (name.size() <= mark + kDigits) return false;
  const std::size_t at = name.size() - kDigits;
  return name.compare(at - mark, mark, kMark) == 0 && name.find_first_not_of("0123456789abcdef", at) == name.npos;
}

// Locks it for this process, where the file system can. False where it was removed meanwhile, as one that nobody locks.
bool lock_own(int descriptor) {
  while (::flock(descriptor, LOCK_EX) != 0 && errno == EINTR) continue;
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && status.st_nlink > 0;
}

void remove_if_abandoned(const fs::path& part) {
  const Descriptor open_part(::open(part.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!open_part || ::flock(open_part.get(), LOCK_EX | LOCK_NB) != 0) return;
  std::error_code ignored;
  fs::remove_all(part, ignored);
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Descriptor open_folder(const fs::path& folder) {
  return Descriptor(::open(folder.empty() ? "." : folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

PartFile::PartFile(Descriptor folder, const std::string& name, mode_t mode) : folder_(std::move(folder)) {
  for (int i = 0; i < kTries; ++i) {
    part_ = part_name(name);
    file_ =
        Descriptor(::openat(folder_.get(), part_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!file_ && errno != EEXIST) give_up(errno);
    if (file_ && lock_own(file_.get())) return;
  }
  give_up(EEXIST);
}

PartFile::~PartFile() {
  if (!part_.empty()) ::unlinkat(folder_.get(), part_.c_str(), 0);
}

int PartFile::rename_to(const std::string& name) {
  if (::renameat(folder_.get(), part_.c_str(), folder_.get(), name.c_str()) != 0) return errno;
  part_.clear();
  return 0;
}

PartFolder::PartFolder(const fs::path& target) {
  for (int i = 0; i < kTries; ++i) {
    path_ = target.parent_path() / part_name(target.filename().string());
    if (::mkdir(path_.c_str(), 0777) != 0) {
      if (errno != EEXIST) give_up(errno);
      continue;
    }
    lock_ = Descriptor(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (lock_ && lock_own(lock_.get())) return;
  }
  give_up(EEXIST);
}

PartFolder::~PartFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void remove_abandoned_parts(const fs::path& folder, bool below) {
  std::error_code failed;
  std::vector<fs::path> folders;
  for (fs::directory_iterator entry(folder.empty() ? "." : folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    std::error_code ignored;
    if (is_part_name(entry->path().filename().string())) {
      remove_if_abandoned(entry->path());
    } else if (below && entry->is_directory(ignored) && !entry->is_symlink(ignored)) {
      folders.push_back(entry->path());
    }
  }
  for (const fs::path& one : folders) remove_abandoned_parts(one, below);
}

int write_all(int descriptor, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(descriptor, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    data += written;
    size -= static_cast<std::size_t>(written);
  }
  return 0;
}

void write_file_below(const fs::path& root, const fs::path& file, const std::string& contents) {
  fs::create_directories(root);
  Descriptor folder = open_folder(root);
  if (!folder) fail(root, "a folder", std::strerror(errno));
  for (const fs::path& part : file.parent_path()) {
    if (::mkdirat(folder.get(), part.c_str(), 0777) != 0 && errno != EEXIST) {
      fail(root / file, "folders on the way to it", std::strerror(errno));
    }
    folder = Descriptor(::openat(folder.get(), part.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder) fail(root / file, "folders on the way to it that are no links", std::strerror(errno));
  }
  try {
    PartFile whole(std::move(folder), file.filename().string(), 0666);
    int reason = write_all(whole.descriptor(), contents.data(), contents.size());
    if (reason == 0 && ::fsync(whole.descriptor()) != 0) reason = errno;
    if (reason == 0) reason = whole.rename_to(file.filename().string());
    if (reason != 0) give_up(reason);
  } catch (const std::system_error& failure) {
    fail(root / file, "to be written whole", failure.code().message());
  }
}

}  // namespace catdog
