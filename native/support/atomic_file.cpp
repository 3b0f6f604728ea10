#include "support/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <streambuf>
#include <system_error>

#include "support/files.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

// A name for a file that the process has open already.
bool names_open_file(const fs::path& path) {
  const std::string name = path.string();
  return name == "/dev/stdout" || name == "/dev/stderr" || name.rfind("/dev/fd/", 0) == 0 ||
         name.rfind("/proc/", 0) == 0;
}

// What the path leads to in the end, whether or not it is there.
fs::path without_links(fs::path path) {
  constexpr int kMostLinks = 40;  // as in Linux
  std::error_code failed;
  for (int i = 0; i < kMostLinks && fs::is_symlink(fs::symlink_status(path, failed)); ++i) {
    path = path.parent_path() / fs::read_symlink(path);
  }
  return path;
}

// Room for the rest is taken first: a disk that is full leaves the file as it was.
int make_room(int descriptor, off_t old_size, off_t size) {
  if (size <= old_size) return 0;
  const int reason = ::posix_fallocate(descriptor, old_size, size - old_size);
  if (reason == 0 || reason == EINVAL || reason == EOPNOTSUPP) return 0;
  return ::ftruncate(descriptor, old_size) == 0 ? reason : errno;
}

// Gives 0, or errno.
int copy_contents(int from, int to) {
  struct stat source {
  }, target{};
  if (::fstat(from, &source) != 0 || ::fstat(to, &target) != 0) return errno;
  if (const int reason = make_room(to, target.st_size, source.st_size)) return reason;
  std::array<char, 1 << 16> block;
  for (off_t at = 0;;) {
    const ssize_t got = ::pread(from, block.data(), block.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) break;
    if (const int reason = write_all(to, block.data(), static_cast<std::size_t>(got))) return reason;
    at += got;
  }
  return ::ftruncate(to, source.st_size) == 0 && ::fsync(to) == 0 ? 0 : errno;
}

}  // namespace

// Writes to a descriptor, and remembers why it could not.
class AtomicFile::Buffer : public std::streambuf {
 public:
  explicit Buffer(int descriptor) : descriptor_(descriptor) { setp(room_.data(), room_.data() + room_.size()); }
  int reason() const { return reason_; }  // errno of the first failure; 0: there was none

 protected:
  int_type overflow(int_type next) override {
    if (sync() != 0) return traits_type::eof();
    if (traits_type::eq_int_type(next, traits_type::eof())) return traits_type::not_eof(next);
    return sputc(traits_type::to_char_type(next));
  }
  int sync() override {
    const int failed = write_all(descriptor_, pbase(), static_cast<std::size_t>(pptr() - pbase()));
    if (reason_ == 0) reason_ = failed;
    setp(room_.data(), room_.data() + room_.size());
    errno = failed;
    return failed == 0 ? 0 : -1;
  }

 private:
  int descriptor_;
  int reason_ = 0;
  std::array<char, 1 << 16> room_;
};

AtomicFile::AtomicFile(const fs::path& target) : target_(target), stream_(nullptr) {
  std::error_code failed;
  const fs::file_status status = fs::status(target_, failed);
  if (fs::is_directory(status)) fail(target, "a file that can be written", "a folder");
  // A device or pipe is written directly: a rename would put a file in its place. To what is open already is added,
  // whatever it is.
  const bool is_open = names_open_file(target_);
  if (!is_open && (!fs::exists(status) || fs::is_regular_file(status))) {
    target_ = without_links(target_);
    begin_part();
  } else {
    direct_ = Descriptor(::open(target_.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC | (is_open ? O_APPEND : O_TRUNC)));
    if (!direct_) fail(target, "a file that can be written", std::strerror(errno));
  }
  buffer_ = std::make_unique<Buffer>(descriptor());
  stream_.rdbuf(buffer_.get());
}

AtomicFile::~AtomicFile() = default;

void AtomicFile::begin_part() {
  struct stat old {};
  const bool replaces = ::stat(target_.c_str(), &old) == 0;
  const std::string name = target_.filename().string();
  Descriptor folder = open_folder(target_.parent_path());
  int reason = errno;
  if (folder) {
    try {
      // A file that will replace another is nobody's to read before it has the other's mode.
      part_ = std::make_unique<PartFile>(std::move(folder), name, replaces ? 0600 : 0666);
      beside_ = true;
      return;
    } catch (const std::system_error& failure) {
      reason = failure.code().value();
    }
  }
  if (replaces && (reason == EACCES || reason == EPERM) && Descriptor(::open(target_.c_str(), O_WRONLY | O_CLOEXEC))) {
    try {
      part_ = std::make_unique<PartFile>(open_folder(fs::temp_directory_path()), name, 0600);
      return;
    } catch (const std::system_error& failure) {
      reason = failure.code().value();
    }
  }
  fail(target_, "a file that can be written", std::strerror(reason));
}

// False where the owner cannot be kept.
bool AtomicFile::keep_owner_and_mode() {
  struct stat old {
  }, own{};
  if (::lstat(target_.c_str(), &old) != 0 || !S_ISREG(old.st_mode)) return true;  // nothing to replace
  if (::fstat(descriptor(), &own) != 0) return false;
  if ((own.st_uid != old.st_uid || own.st_gid != old.st_gid) && ::fchown(descriptor(), old.st_uid, old.st_gid) != 0) {
    return false;
  }
  return ::fchmod(descriptor(), old.st_mode & 07777) == 0;
}

void AtomicFile::write_in_place() {
  const Descriptor file(::open(target_.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
  const int reason = file ? copy_contents(descriptor(), file.get()) : errno;
  if (reason != 0) fail(target_, "to be written in place", std::strerror(reason));
}

void AtomicFile::commit() {
  stream_.flush();
  if (!stream_) {
    fail(target_, "to be written whole", buffer_->reason() ? std::strerror(buffer_->reason()) : "an error");
  }
  if (!part_) return;
  if (!beside_) return write_in_place();
  if (!keep_owner_and_mode()) return write_in_place();
  if (::fsync(descriptor()) != 0) fail(target_, "to be written to the disk", std::strerror(errno));
  const int reason = part_->rename_to(target_.filename().string());
  if (reason == EPERM || reason == EACCES || reason == EBUSY) return write_in_place();
  if (reason != 0) fail(target_, "to be replaced", std::strerror(reason));
}

void write_file(const fs::path& target, const std::string& contents) {
  AtomicFile file(target);
  file.stream() << contents;
  file.commit();
}

}  // namespace catdog
