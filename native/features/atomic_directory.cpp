#include "features/atomic_directory.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <stdexcept>

#include "support/files.h"

namespace catdog {
namespace fs = std::filesystem;

AtomicDirectory::AtomicDirectory(const fs::path& target, const char* sign)
    : target_(fs::absolute(target).lexically_normal()) {
  if (!target_.has_filename()) target_ = target_.parent_path();  // "features/": beside it, not in it
  std::error_code failed;
  if (fs::is_symlink(fs::symlink_status(target_, failed))) {
    if (!fs::exists(target_)) fail(target, "a folder, or a link to one", "a link that leads nowhere");
    target_ = fs::canonical(target_);
  }
  struct stat there {
  }, around{};
  if (::stat(target_.c_str(), &there) == 0 && ::stat(target_.parent_path().c_str(), &around) == 0 &&
      there.st_dev != around.st_dev) {
    fail(target, "a folder that can be replaced by a new one", "the root of a file system; name a folder in it");
  }
  if (fs::exists(target) && !fs::exists(target / sign) && !fs::is_empty(target, failed)) {
    throw std::runtime_error(target.string() +
                             ": expected a new or empty folder or a feature store, found other files");
  }
  try {
    fs::create_directories(target_.parent_path());
    remove_abandoned_parts(target_.parent_path());
    part_ = std::make_unique<PartFolder>(target_);
  } catch (const std::system_error& failure) {
    fail(target, "a folder that can be made", failure.code().message());
  }
}

void AtomicDirectory::commit() {
  sync_to_disk(path());
  if (fs::exists(target_)) {
    if (::syscall(SYS_renameat2, AT_FDCWD, path().c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE) == 0) return;
    // A file system without exchange: the old store goes only when the new one is in place.
    const fs::path old = path().string() + "-old";
    fs::rename(target_, old);
    std::error_code failed;
    fs::rename(path(), target_, failed);
    if (failed) {
      fs::rename(old, target_);
      fail(target_, "to be replaced", failed.message());
    }
    fs::remove_all(old);
    return;
  }
  fs::rename(path(), target_);
}

}  // namespace catdog
