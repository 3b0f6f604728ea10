#include "inference/output.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <stdexcept>

#include "catdog/text.h"

namespace catdog {

Output::Output(const std::string& name)
    : name_(name == "-" ? "standard output" : name), terminal_(name == "-" && ::isatty(STDOUT_FILENO) != 0) {
  if (name != "-") file_.emplace(name);
}

void Output::write(const std::string& text) {
  errno = 0;
  std::ostream& stream = file_ ? file_->stream() : std::cout;
  stream << (terminal_ ? visible_lines(text) : text) << std::flush;  // so that a full disk is noticed at once
  if (!stream) throw std::runtime_error(name_ + ": expected to be written whole, found " + std::strerror(errno));
}

void Output::commit() {
  if (file_) file_->commit();
}

}  // namespace catdog
