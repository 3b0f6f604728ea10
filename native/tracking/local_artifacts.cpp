#include "tracking/local_artifacts.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "support/files.h"
#include "support/hash.h"
#include "tracking/reply.h"
#include "tracking/settings.h"

namespace catdog::tracking {
namespace fs = std::filesystem;

void put_in_local_folder(const std::string& folder, const std::string& path, const fs::path& file) {
  const fs::path target = destination_of(folder).folder / path;
  fs::create_directories(target.parent_path());
  const fs::path beside = target.string() + ".catdog-part-" + random_id();
  std::error_code ignored;
  int failed = 0;
  try {
    fs::copy_file(file, beside);
    sync_to_disk(beside);
    // Unlike a renaming, a link fails where there is something of that name.
    failed = ::link(beside.c_str(), target.c_str()) == 0 ? 0 : errno;
  } catch (...) {
    fs::remove(beside, ignored);
    throw;
  }
  fs::remove(beside, ignored);
  if (failed == 0) return;
  if (failed != EEXIST) fail(target, "to be written", std::strerror(failed));
  if (fs::is_regular_file(target) && sha256_of_file(target) == sha256_of_file(file)) return;
  throw Rejected(target.string() + ": expected no file yet, found one with other contents, which stays", 400, "");
}

}  // namespace catdog::tracking
