// Ctrl-C, SIGTERM and a closed terminal as a question that long loops ask.
#pragma once

#include <stdexcept>

namespace catdog {

// Thrown by check_interrupt(); tools end with exit code 1 and leave nothing half-written.
struct Interrupted : std::runtime_error {
  Interrupted() : std::runtime_error("interrupted; nothing was left half-written") {}
};

// From now on the first SIGINT, SIGTERM or SIGHUP sets the flag; a second one ends the process at once.
void watch_for_interrupt();
bool interrupted();
void check_interrupt();

}  // namespace catdog
