// A file that is written whole or not at all.
#pragma once

#include <filesystem>
#include <memory>
#include <ostream>
#include <string>

#include "support/part_file.h"

namespace catdog {

// A file that appears under its name only when it is complete: written beside, synced, then renamed. Mode and owner of
// the file that it replaces are kept. Where that cannot be (the folder must not be written, the owner is somebody else,
// a file system is mounted there), the file is written in place at the end.
// A device or pipe is written directly; to what is open already, such as /dev/stdout, is added; of a symbolic link the
// file is replaced that it points to.
class AtomicFile {
 public:
  // Throws std::runtime_error where the file cannot be created.
  explicit AtomicFile(const std::filesystem::path& target);
  ~AtomicFile();  // without commit: nothing is left behind
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  std::ostream& stream() { return stream_; }
  // Throws std::runtime_error where anything could not be written (a full disk, say); the old file is then untouched,
  // but where an error comes in the midst of writing in place.
  void commit();

 private:
  class Buffer;

  void begin_part();
  bool keep_owner_and_mode();
  void write_in_place();
  int descriptor() const { return part_ ? part_->descriptor() : direct_.get(); }

  std::filesystem::path target_;
  std::unique_ptr<PartFile> part_;
  bool beside_ = false;  // the part lies beside the target, else in the folder for temporary files
  Descriptor direct_;    // where there is no part: the device or pipe
  std::unique_ptr<Buffer> buffer_;
  std::ostream stream_;
};

void write_file(const std::filesystem::path& target, const std::string& contents);

}  // namespace catdog
