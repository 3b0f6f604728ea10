#include "png_chunks.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "catdog/text.h"

namespace catdog {
namespace {

constexpr std::size_t kSignature = 8;  // bytes
constexpr std::size_t kHead = 8;       // length and name
constexpr std::size_t kChecksum = 4;
constexpr std::uint32_t kMostBytes = 0x7FFFFFFF;  // of a chunk
// CgBI: of pictures made for iPhones.
constexpr std::array<std::string_view, 5> kCritical = {"IHDR", "PLTE", "IDAT", "IEND", "CgBI"};

bool is_critical(std::string_view name) { return (static_cast<unsigned char>(name[0]) & 0x20) == 0; }

}  // namespace

std::optional<Error> check_png_chunks(Bytes file) {
  for (std::size_t at = kSignature; at < file.size && file.size - at >= kHead;) {
    const auto byte = [&](std::size_t i) { return std::uint32_t{file.data[at + i]}; };
    const std::uint32_t length = byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
    const std::string_view name(reinterpret_cast<const char*>(file.data) + at + 4, 4);
    if (name == "IEND") return std::nullopt;
    if (is_critical(name) && std::find(kCritical.begin(), kCritical.end(), name) == kCritical.end()) {
      return Error{Problem::kCorrupt,
                   "expected a PNG picture of known chunks, found the unknown critical chunk '" + visible(name) + "'"};
    }
    if (length > kMostBytes) {
      return Error{Problem::kCorrupt, "expected a PNG chunk of less than 2 GiB, found '" + visible(name) + "' of more"};
    }
    at += std::min<std::size_t>(file.size - at, kHead + kChecksum + length);
  }
  return Error{Problem::kCorrupt, "expected a whole PNG picture, found the end of the file before its end (IEND)"};
}

}  // namespace catdog
