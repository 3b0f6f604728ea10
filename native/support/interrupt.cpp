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
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (std::signal(signal, on_signal) == SIG_IGN) std::signal(signal, SIG_IGN);  // as nohup wants
  }
}

bool interrupted() { return g_signal != 0; }

void check_interrupt() {
  if (interrupted()) throw Interrupted();
}

}  // namespace catdog
