// A folder that appears whole or not at all.
#pragma once

#include <filesystem>
#include <memory>

#include "support/part_file.h"

namespace catdog {

// A folder beside the target, exchanged with it at the end, and gone in any case.
class AtomicDirectory {
 public:
  // `sign`: the file by which a folder that may be replaced is known.
  // Throws std::runtime_error where the target is a folder with other files in it, or none can be made.
  AtomicDirectory(const std::filesystem::path& target, const char* sign);
  AtomicDirectory(const AtomicDirectory&) = delete;
  AtomicDirectory& operator=(const AtomicDirectory&) = delete;

  const std::filesystem::path& path() const { return part_->path(); }
  void commit();

 private:
  std::filesystem::path target_;
  std::unique_ptr<PartFolder> part_;
};

}  // namespace catdog
