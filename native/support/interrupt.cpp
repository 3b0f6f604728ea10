#include "support/interrupt.h"

#include <csignal>

namespace catdog {
namespace {

volatile std::sig_atomic_t g_signal = 0;

void on_signal(int signal) {
  g_signal = signal;
  std::signal(signal, SIG_DFL);
}

}  // namespace

void watch_for_interrupt() {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
}

bool interrupted() { return g_signal != 0; }

void check_interrupt() {
  if (interrupted()) throw Interrupted();
}

}  // namespace catdog
