#include "catdog/photo/decode.h"
#include "catdog/photo/limits.h"
#include "platform_checks.h"
#include "webp_chunks.h"

namespace catdog {
namespace {

std::uint32_t little_endian(const std::uint8_t* d, int bytes) {
  std::uint32_t value = 0;
  for (int i = bytes; i-- > 0;) value = value << 8 | d[i];
  return value;
}

}  // namespace

std::optional<Error> check_webp(Bytes file) {
  std::optional<Error> wrong;
  const auto check = [&](std::uint64_t width, std::uint64_t height) {
    if (auto size = check_size(width, height, kMaxWholePixels); !size) wrong = size.error();
  };
  const auto look = [&](std::string_view name, Bytes content) {
    const std::uint8_t* d = content.data;
    if (name == "VP8X" && content.size >= 10) check(little_endian(d + 4, 3) + 1, little_endian(d + 7, 3) + 1);
    if (name == "ANMF" && content.size >= 12) check(little_endian(d + 6, 3) + 1, little_endian(d + 9, 3) + 1);
    if (name == "VP8L" && content.size >= 5) {
      const std::uint32_t sides = little_endian(d + 1, 4);
      check((sides & 0x3FFF) + 1, (sides >> 14 & 0x3FFF) + 1);
    }
    if (name == "VP8 " && content.size >= 10) check(little_endian(d + 6, 2) & 0x3FFF, little_endian(d + 8, 2) & 0x3FFF);
    return !wrong;
  };
  each_webp_chunk(file, [&](std::string_view name, Bytes content) {
    constexpr std::size_t kFrameHeader = 16, kFileHeader = 12;  // a frame's chunks lie behind its header
    if (name == "ANMF" && content.size >= kFrameHeader) {
      constexpr std::size_t kSkipped = kFrameHeader - kFileHeader;
      each_webp_chunk({content.data + kSkipped, content.size - kSkipped}, look);
    }
    return !wrong && look(name, content);
  });
  return wrong;
}

}  // namespace catdog
