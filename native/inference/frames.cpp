#include "inference/frames.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "catdog/photo/limits.h"
#include "support/interrupt.h"

namespace catdog {
namespace {

constexpr std::uint64_t kMaxPathBytes = 65536;
constexpr std::uint64_t kMaxFrameBytes = std::uint64_t{1} << 40;  // more is no length, but something else
constexpr int kTurn = 200;                                        // milliseconds until Ctrl-C is heard
constexpr int kNoDelay = 20;                                      // milliseconds

std::uint64_t big_endian(const char* bytes, int count) {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

}  // namespace

bool FrameReader::ready(int milliseconds) const {
  pollfd waiting{descriptor_, POLLIN, 0};
  return ::poll(&waiting, 1, milliseconds) > 0;
}

std::size_t FrameReader::read_some(char* out, std::size_t size) {
  for (;;) {
    check_interrupt();
    if (stopped_) throw std::runtime_error("standard input: expected to be read on, found that nobody wants it");
    if (!ready(kTurn)) continue;
    const ssize_t got = ::read(descriptor_, out, size);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR && errno != EAGAIN) {
      throw std::runtime_error(std::string("standard input: expected frames, found ") + std::strerror(errno));
    }
  }
}

bool FrameReader::read_whole(char* out, std::size_t size, const std::string& what, bool may_end) {
  for (std::size_t filled = 0; filled < size;) {
    const std::size_t got = read_some(out + filled, size - filled);
    if (got == 0 && filled == 0 && may_end) return false;
    if (got == 0) {
      throw std::runtime_error("standard input: expected " + std::to_string(size) + " bytes of " + what + " in frame " +
                               std::to_string(frames_ + 1) + ", found the end after " + std::to_string(filled));
    }
    filled += got;
  }
  return true;
}

bool FrameReader::read_frame(Frame& frame) {
  std::array<char, 12> head;
  if (!read_whole(head.data(), head.size(), "lengths", true)) return false;
  const std::uint64_t path = big_endian(head.data(), 4), size = big_endian(head.data() + 4, 8);
  if (path < 1 || path > kMaxPathBytes || size > kMaxFrameBytes) {
    throw std::runtime_error("standard input: expected a frame (see docs/scale.md) with a path of 1 to " +
                             std::to_string(kMaxPathBytes) + " bytes as frame " + std::to_string(frames_ + 1) +
                             ", found the lengths " + std::to_string(path) + " and " + std::to_string(size));
  }
  frame.path.resize(path);
  read_whole(frame.path.data(), path, "a path", false);
  if (size > kMaxFileBytes) {
    frame.error = "expected a file of at most " + std::to_string(kMaxFileBytes >> 20) + " MiB, found " +
                  std::to_string(size >> 20) + " MiB";
    std::vector<char> dropped(1 << 20);
    for (std::uint64_t left = size; left > 0;) {
      const std::size_t part = std::min<std::uint64_t>(left, dropped.size());
      read_whole(dropped.data(), part, "a photo", false);
      left -= part;
    }
  } else {
    frame.bytes.resize(size);
    read_whole(reinterpret_cast<char*>(frame.bytes.data()), size, "a photo", false);
  }
  ++frames_;
  return true;
}

std::vector<Frame> FrameReader::next(std::size_t most, std::size_t bytes) {
  std::vector<Frame> frames;
  for (std::size_t held = 0; frames.size() < most && held < bytes;) {
    if (!frames.empty() && !ready(kNoDelay)) break;  // who waits for rows before sending more gets them
    Frame frame;
    if (!read_frame(frame)) break;
    held += frame.bytes.size();
    frames.push_back(std::move(frame));
  }
  return frames;
}

}  // namespace catdog
