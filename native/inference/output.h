// Where predictions go.
#pragma once

#include <optional>
#include <string>

#include "support/files.h"

namespace catdog {

// Standard output, or a file that appears when it is complete. On a terminal what strangers wrote is made visible.
class Output {
 public:
  // "-": standard output. Throws std::runtime_error where the file cannot be created.
  explicit Output(const std::string& name);
  // Throws std::runtime_error where not all of it could be written.
  void write(const std::string& text);
  void commit();
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  bool terminal_;
  std::optional<AtomicFile> file_;
};

}  // namespace catdog
