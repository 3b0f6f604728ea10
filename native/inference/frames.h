// Photos on standard input, one frame each (documented in docs/scale.md):
//
//   4 bytes  length of the path, big-endian; 1 to 65,536
//   8 bytes  length of the photo, big-endian
//            the path, any bytes: what the photo's row is called
//            the photo's bytes
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace catdog {

struct Frame {
  std::string path;
  std::vector<std::uint8_t> bytes;
  std::string error;  // why there are no bytes: the photo is larger than kMaxFileBytes. Empty: there are
};

class FrameReader {
 public:
  explicit FrameReader(int descriptor) : descriptor_(descriptor) {}

  // The next frames, in order; none at the end. At least one is waited for; more are added while they come without
  // delay, up to `most` frames and while they hold less than `bytes` together: memory is bounded by that and one photo.
  // Throws std::runtime_error where the input is no sequence of whole frames, and Interrupted.
  std::vector<Frame> next(std::size_t most, std::size_t bytes);

  // From another thread: a next() that waits throws std::runtime_error, soon.
  void stop() { stopped_ = true; }

 private:
  bool ready(int milliseconds) const;
  std::size_t read_some(char* out, std::size_t size);
  // False where the input ends before the first byte. `what`: for messages.
  bool read_whole(char* out, std::size_t size, const std::string& what, bool may_end);
  bool read_frame(Frame& frame);

  int descriptor_;
  std::size_t frames_ = 0;  // read so far
  std::atomic<bool> stopped_{false};
};

}  // namespace catdog
