// stb_image behind a safe face: no files, bounded memory, no SIMD (so that every build gives the same pixels).
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "catdog/photo/limits.h"
#include "catdog/photo/orientation.h"
#include "decoders.h"
#include "png_chunks.h"

namespace {

// A compressed stream may unfold to far more than its header promises: no single block grows beyond this.
constexpr std::size_t kMaxBlock = catdog::kMaxDecoderBytes / 2;

// Zeroed: where a file gives fewer pixels than it promised, stb_image leaves the rest as it got it.
void* bounded_malloc(std::size_t size) { return size > kMaxBlock ? nullptr : std::calloc(size, 1); }
void* bounded_realloc(void* memory, std::size_t size) {
  return size > kMaxBlock ? nullptr : std::realloc(memory, size);
}

}  // namespace

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_NO_STDIO
#define STBI_NO_HDR
#define STBI_NO_LINEAR
#define STBI_NO_PIC
#define STBI_NO_PNM
#define STBI_NO_PSD
#define STBI_NO_SIMD
#define STBI_MAX_DIMENSIONS 65535
#define STBI_ASSERT(condition) static_cast<void>(condition)
#define STBI_MALLOC(size) bounded_malloc(size)
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

bool memory_for(std::size_t bytes) {
  const PixelBuffer room = allocate_pixels(bytes);
  if (!room) return false;
  *static_cast<volatile std::uint8_t*>(room.get()) = 0;  // else compilers leave the whole allocation out
  return true;
}

Error failure(Format format, int width, int height) {
  const char* why = stbi_failure_reason();
  bool memory = why != nullptr && std::strcmp(why, "outofmem") == 0;
  if (why == nullptr) {
    // Where it gets no memory to unpack a PNG into, stb_image gives no reason; nor does it for some damage.
    memory = width > 0 && !memory_for(std::size_t{4} * width * height);
    why = "no reason given";
  }
  const std::string size = width > 0 ? " of " + std::to_string(width) + "×" + std::to_string(height) + " pixels" : "";
  const std::string picture = std::string(format_name(format)) + " picture" + size;
  if (memory) return {Problem::kNoMemory, "expected memory for the " + picture + ", found none"};
  return {Problem::kCorrupt, "expected a sound " + picture + ", found damage or an unsupported kind (" + why + ")"};
}

// Apple's PNGs for iPhones begin with a chunk of 4 bytes, CgBI: blue comes first in them, and alpha is in the colours.
bool is_iphone_png(Bytes file) { return file.size > 33 && std::memcmp(file.data + 12, "CgBI", 4) == 0; }

// Their data lacks the sum that ends it elsewhere, and stb_image wants to look beyond the last code: so many bytes are
// put before the last chunk, as data of their own.
std::vector<std::uint8_t> with_sum(Bytes file) {
  constexpr std::uint8_t kSum[] = {0, 0, 0, 4, 'I', 'D', 'A', 'T', 0, 0, 0, 0, 0, 0, 0, 0};
  constexpr std::string_view kEnd = "IEND";
  std::vector<std::uint8_t> longer(file.data, file.data + file.size);
  const auto end = std::find_end(longer.begin(), longer.end(), kEnd.begin(), kEnd.end());
  if (end - longer.begin() >= 4) longer.insert(end - 4, std::begin(kSum), std::end(kSum));
  return longer;
}

void undo_iphone_pixels(std::uint8_t* rgba, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i, rgba += 4) {
    std::swap(rgba[0], rgba[2]);
    for (int c = 0; c < 3; ++c) rgba[c] = static_cast<std::uint8_t>(std::min(255, rgba[c] + 255 - rgba[3]));
    rgba[3] = 255;  // it lies on white now
  }
}

// A PNG's header stands at a fixed place. stb_image refuses a huge picture, and one that unpacks to more than
// kMaxBlock, without saying so.
Result<bool> check_png(Bytes file) {
  const std::size_t skipped = is_iphone_png(file) ? 16 : 0;
  const auto byte = [&](std::size_t at) { return std::uint64_t{file.data[skipped + at]}; };
  const auto u32 = [&](std::size_t at) {
    return byte(at) << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3);
  };
  if (file.size < skipped + 29)
    return Error{Problem::kCorrupt, "expected a PNG header of 29 bytes, found the end of the file"};
  if (std::memcmp(file.data + skipped + 12, "IHDR", 4) != 0) {
    return Error{Problem::kCorrupt, "expected a PNG that begins with its header (IHDR), found another chunk"};
  }
  const std::uint64_t width = u32(16), height = u32(20), depth = byte(24), colours = byte(25);
  if (auto size = check_size(width, height, kMaxWholePixels); !size) return size;
  const std::uint64_t channels = (colours & 2 && colours != 3 ? 3 : 1) + (colours & 4 ? 1 : 0);
  const bool interlaced = byte(28) != 0;  // stb_image then begins with too little memory, and doubles it
  const std::uint64_t most = interlaced ? kMaxBlock / 2 : kMaxBlock;
  const std::uint64_t unpacked = height * (1 + (width * channels * depth + 7) / 8);
  if (unpacked > most) {
    return Error{Problem::kTooLarge, "expected a PNG picture that unpacks to at most " + std::to_string(most >> 20) +
                                         " MiB, found " + std::to_string((unpacked >> 20) + 1) + " MiB"};
  }
  if (auto wrong = check_png_chunks(file)) return std::move(*wrong);
  return true;
}

// What stb_image does not check in a JPEG, of which every marker may stand anywhere. It decodes each scan of any
// number, and version 2.27 writes beyond its tables where a Huffman table (DHT) names more than 256 symbols; tables are
// walked here just as stb_image will. Gives how many scans there are.
Result<int> check_jpeg(Bytes file) {
  constexpr int kMostSymbols = 256, kLengths = 16, kMostTables = 2 * kMaxScans;
  const auto byte = [&](std::size_t at) { return at < file.size ? int{file.data[at]} : 0; };
  int scans = 0, tables = 0;
  for (std::size_t marker = 0; marker + 1 < file.size; ++marker) {
    if (file.data[marker] != 0xFF) continue;
    scans += file.data[marker + 1] == 0xDA;
    if (scans > kMaxScans) return too_many_scans();
    if (file.data[marker + 1] != 0xC4) continue;
    if (++tables > kMostTables) {
      return Error{Problem::kCorrupt,
                   "expected a JPEG with at most " + std::to_string(kMostTables) + " segments of tables, found more"};
    }
    std::size_t at = marker + 4;
    for (int left = (byte(marker + 2) << 8 | byte(marker + 3)) - 2; left > 0;) {
      int symbols = 0;
      for (int i = 1; i <= kLengths; ++i) symbols += byte(at + i);
      if (symbols > kMostSymbols) {
        return Error{Problem::kCorrupt, "expected JPEG tables of at most 256 symbols, found more"};
      }
      at += 1 + kLengths + symbols;
      left -= 1 + kLengths + symbols;
    }
  }
  return scans;
}

// What stb_image reads from; knows whether it was asked for more than there is.
struct Source {
  Bytes file;
  std::size_t at = 0;
  bool ended_early = false;

  static int read(void* self, char* out, int wanted) {
    auto& source = *static_cast<Source*>(self);
    const std::size_t rest = source.file.size - source.at;
    if (rest == 0 && wanted > 0) source.ended_early = true;
    const std::size_t count = std::min<std::size_t>(rest, static_cast<std::size_t>(std::max(wanted, 0)));
    if (count > 0) std::memcpy(out, source.file.data + source.at, count);
    source.at += count;
    return static_cast<int>(count);
  }
  static void skip(void* self, int count) {
    auto& source = *static_cast<Source*>(self);
    source.at += std::min<std::size_t>(source.file.size - source.at, static_cast<std::size_t>(std::max(count, 0)));
  }
  static int end(void* self) {
    const auto& source = *static_cast<Source*>(self);
    return source.at == source.file.size;
  }
};

constexpr stbi_io_callbacks kCallbacks = {Source::read, Source::skip, Source::end};

}  // namespace

std::size_t inflate_zlib(Bytes packed, std::uint8_t* out, std::size_t room) {
  static_assert(kMaxFileBytes <= std::size_t{std::numeric_limits<int>::max()});
  const int size = stbi_zlib_decode_buffer(reinterpret_cast<char*>(out), static_cast<int>(room),
                                           reinterpret_cast<const char*>(packed.data), static_cast<int>(packed.size));
  return size > 0 ? static_cast<std::size_t>(size) : 0;
}

Result<Decoded> decode_stb(Bytes file, Format format, JpegWork& work) {
  if (const auto png = format == Format::kPng ? check_png(file) : true; !png) return png.error();
  const auto scans = format == Format::kJpeg ? check_jpeg(file) : 0;
  if (!scans) return scans.error();
  int width = 0, height = 0, channels = 0;
  Source header{file};
  if (!stbi_info_from_callbacks(&kCallbacks, &header, &width, &height, &channels)) return failure(format, 0, 0);
  // A BMP whose rows run from top to bottom has a negative height.
  const std::uint64_t rows = static_cast<std::uint64_t>(std::abs(std::int64_t{height}));
  const std::uint64_t columns = width < 0 ? std::uint64_t{1} << 32 : static_cast<std::uint64_t>(width);
  if (auto size = check_size(columns, rows, kMaxWholePixels); !size) return size.error();
  constexpr std::uint64_t kMostComponents = 4, kBlockPixels = 64;
  const std::uint64_t blocks = columns * rows * kMostComponents / kBlockPixels * static_cast<std::uint64_t>(*scans);
  if (!work.spend(blocks)) return work.is_spent(columns, rows);

  const bool iphone = format == Format::kPng && is_iphone_png(file);
  const std::vector<std::uint8_t> longer = iphone ? with_sum(file) : std::vector<std::uint8_t>();
  Source source{iphone ? Bytes{longer.data(), longer.size()} : file};
  stbi__g_failure_reason = nullptr;  // looking for the format has left one
  const PixelBuffer rgba(stbi_load_from_callbacks(&kCallbacks, &source, &width, &height, &channels, 4));
  if (!rgba) return failure(format, width, static_cast<int>(rows));
  if (iphone) undo_iphone_pixels(rgba.get(), static_cast<std::size_t>(width) * height);
  auto image = from_rgba(rgba.get(), width, height);
  if (!image) return image.error();
  constexpr std::uint8_t kRightToLeft = 0x10;  // in TGA's descriptor, which stb_image does not look at
  constexpr int kMirrored = 2;
  if (format == Format::kTga && (file.data[17] & kRightToLeft)) image = upright(std::move(*image), kMirrored);
  if (!image) return image.error();
  Decoded decoded;
  decoded.image = std::move(*image);
  decoded.width = width;
  decoded.height = height;
  if (source.ended_early) decoded.warning = kEndsEarly;
  return decoded;
}

}  // namespace catdog
