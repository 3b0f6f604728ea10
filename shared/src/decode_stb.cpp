// stb_image behind a safe face: no files, bounded memory, no SIMD (so that every build gives the same pixels).
#include <cstddef>
#include <cstdlib>

#include "catdog/limits.h"
#include "decoders.h"

namespace {

// A compressed stream may unfold to far more than its header promises: no single block grows beyond this.
void* bounded_realloc(void* memory, std::size_t size) {
  return size > catdog::kMaxDecoderBytes / 2 ? nullptr : std::realloc(memory, size);
}

}  // namespace

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_NO_STDIO
#define STBI_NO_HDR
#define STBI_NO_LINEAR
#define STBI_NO_PIC
#define STBI_NO_SIMD
#define STBI_MAX_DIMENSIONS 65535
#define STBI_MALLOC(size) bounded_realloc(nullptr, size)
#define STBI_REALLOC(memory, size) bounded_realloc(memory, size)
#define STBI_FREE(memory) std::free(memory)
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-function"
#endif
#include <stb_image.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace catdog {
namespace {

std::string reason() {
  const char* text = stbi_failure_reason();
  return text ? text : "no reason given";
}

Error failure(Format format, int width, int height) {
  const std::string why = reason();
  const bool memory = why == "outofmem";
  std::string size = width > 0 ? " of " + std::to_string(width) + "×" + std::to_string(height) + " pixels" : "";
  return {memory ? Problem::kNoMemory : Problem::kCorrupt, std::string("expected a sound ") + format_name(format) +
                                                               " picture" + size +
                                                               ", found damage or an unsupported kind (" + why + ")"};
}

// A PNG's size stands at a fixed place; stb_image refuses a huge one without saying so.
Result<bool> check_png_header(Bytes file) {
  const auto u32 = [&](std::size_t at) {
    const std::uint8_t* d = file.data + at;
    return std::uint64_t{d[0]} << 24 | std::uint64_t{d[1]} << 16 | std::uint64_t{d[2]} << 8 | d[3];
  };
  if (file.size < 24) return Error{Problem::kCorrupt, "expected a PNG header of 24 bytes, found the end of the file"};
  return check_size(u32(16), u32(20), kMaxWholePixels);
}

}  // namespace

Result<Decoded> decode_stb(Bytes file, Format format) {
  if (format == Format::kPng) {
    if (auto header = check_png_header(file); !header) return header.error();
  }
  const int length = static_cast<int>(file.size);  // at most kMaxFileBytes
  int width = 0, height = 0, channels = 0;
  if (!stbi_info_from_memory(file.data, length, &width, &height, &channels)) return failure(format, 0, 0);
  if (width < 0 || height < 0) return failure(format, 0, 0);
  if (auto size = check_size(width, height, kMaxWholePixels); !size) return size.error();

  const PixelBuffer rgba(stbi_load_from_memory(file.data, length, &width, &height, &channels, 4));
  if (!rgba) return failure(format, width, height);
  auto image = from_rgba(rgba.get(), width, height);
  if (!image) return image.error();
  Decoded decoded;
  decoded.image = std::move(*image);
  decoded.width = width;
  decoded.height = height;
  return decoded;
}

}  // namespace catdog
