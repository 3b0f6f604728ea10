#include "training/network/archive.h"

#include <sstream>

#include "support/files.h"

namespace catdog {

void write_archive(const std::filesystem::path& file, torch::serialize::OutputArchive& archive) {
  // LibTorch ends the program where a stream does not take what it writes: so first into memory.
  std::ostringstream whole;
  archive.save_to(whole);
  write_file(file, whole.str());
}

}  // namespace catdog
