#include "support/decoder_wire.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "support/interrupt.h"

namespace catdog {
namespace {

// Waits until the socket can be used; false where it is too late.
bool wait_for(int socket, short event, Deadline deadline) {
  constexpr std::chrono::milliseconds kGlance(100);  // how soon an interrupt is seen
  for (;;) {
    check_interrupt();
    const auto left = deadline == kNoDeadline
                          ? kGlance
                          : std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd waited{socket, event, 0};
    if (::poll(&waited, 1, static_cast<int>(std::min(left, kGlance).count())) > 0) return true;
  }
}

// `step` moves some bytes as send() and recv() do.
template <class Step>
Transfer transfer(int socket, short event, std::size_t size, Deadline deadline, Step step) {
  for (std::size_t done = 0; done < size;) {
    const ssize_t moved = step(done);
    if (moved > 0) {
      done += static_cast<std::size_t>(moved);
    } else if (moved < 0 && errno == EINTR) {
      continue;
    } else if (moved < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      if (!wait_for(socket, event, deadline)) return Transfer::kLate;
    } else {
      return Transfer::kClosed;
    }
  }
  return Transfer::kDone;
}

}  // namespace

Transfer send_all(int socket, const void* data, std::size_t size, Deadline deadline) {
  const char* from = static_cast<const char*>(data);
  return transfer(socket, POLLOUT, size, deadline, [&](std::size_t done) {
    return ::send(socket, from + done, size - done, MSG_DONTWAIT | MSG_NOSIGNAL);
  });
}

Transfer receive_all(int socket, void* data, std::size_t size, Deadline deadline) {
  char* to = static_cast<char*>(data);
  return transfer(socket, POLLIN, size, deadline,
                  [&](std::size_t done) { return ::recv(socket, to + done, size - done, MSG_DONTWAIT); });
}

}  // namespace catdog
