// What a tool and its decoder processes tell each other. Both are the same program, so structs go as they are.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace catdog {

// Followed by the bytes of the photo.
struct DecodeRequest {
  std::int32_t format = 0;
  std::int32_t size = 0;  // of the square, pixels
  std::uint64_t file_bytes = 0;
};

// Followed by the text (the error, or the warning) and by the pixels (size × size × 3; none with an error).
struct DecodeReply {
  std::int32_t problem = kNoProblem;
  std::int32_t width = 0, height = 0;
  std::uint32_t text_bytes = 0;
  std::uint64_t pixel_bytes = 0;

  static constexpr std::int32_t kNoProblem = -1;
  static constexpr std::uint32_t kMostText = 1 << 12;
};

inline constexpr std::uint8_t kDecoderReady = 'R';  // the first thing that a decoder says

using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline kNoDeadline = Deadline::max();

enum class Transfer { kDone, kClosed, kLate };

// All `size` bytes or nothing that is of use. Throws Interrupted where the tool is asked to end meanwhile.
Transfer send_all(int socket, const void* data, std::size_t size, Deadline deadline);
Transfer receive_all(int socket, void* data, std::size_t size, Deadline deadline);

}  // namespace catdog
