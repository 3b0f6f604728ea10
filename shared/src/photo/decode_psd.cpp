// PSD by ourselves: the merged picture that Photoshop stores behind the layers, already mixed with white where it is
// transparent. (stb_image 2.27 undoes that mixing in floats that do not fit their bytes, which is undefined.)
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "catdog/photo/limits.h"
#include "decoders.h"

namespace catdog {
namespace {

constexpr std::size_t kHeaderBytes = 26;
constexpr unsigned kGrey = 1, kRgb = 3;        // colour modes
constexpr unsigned kPlain = 0, kPackBits = 1;  // compressions
constexpr unsigned kMostChannels = 56;

Error corrupt(const std::string& expected, const std::string& found) {
  return {Problem::kCorrupt, "expected " + expected + ", found " + found};
}

// Big-endian numbers, 0 behind the end of the file.
struct Reader {
  Bytes file;
  std::size_t at = 0;

  std::size_t left() const { return file.size - std::min(at, file.size); }
  unsigned u8() { return left() > 0 ? file.data[at++] : 0; }
  unsigned u16() {
    const unsigned high = u8();
    return high << 8 | u8();
  }
  std::uint32_t u32() {
    const std::uint32_t high = u16();
    return high << 16 | u16();
  }
  void skip(std::size_t count) { at += std::min(count, left()); }
};

struct Header {
  unsigned channels = 0, depth = 0, mode = 0;
  std::uint32_t width = 0, height = 0;
};

Result<Header> read_header(Reader& in) {
  if (in.file.size < kHeaderBytes) return corrupt("a PSD header of 26 bytes", "the end of the file");
  in.at = 12;  // behind signature, version, and six reserved bytes
  Header header;
  header.channels = in.u16();
  header.height = in.u32();
  header.width = in.u32();
  header.depth = in.u16();
  header.mode = in.u16();
  if (auto size = check_size(header.width, header.height, kMaxWholePixels); !size) return size.error();
  if (header.depth != 8 && header.depth != 16) return corrupt("a PSD of 8 or 16 bits", std::to_string(header.depth));
  if (header.mode != kGrey && header.mode != kRgb) {
    return corrupt("a PSD in grey (1) or RGB (3)", "colour mode " + std::to_string(header.mode));
  }
  const unsigned needed = header.mode == kRgb ? 3 : 1;
  if (header.channels < needed || header.channels > kMostChannels) {
    return corrupt("a PSD of " + std::to_string(needed) + " to 56 channels", std::to_string(header.channels));
  }
  return header;
}

// One row of one channel; false where the data ends before it. `row` keeps what was there.
bool read_row(Reader& in, bool packed, std::vector<std::uint8_t>& row) {
  for (std::size_t filled = 0; filled < row.size();) {
    if (in.left() == 0) return false;
    std::size_t count = row.size() - filled;
    bool repeated = false;
    if (packed) {
      const unsigned code = in.u8();
      if (code == 128) continue;  // means nothing
      repeated = code > 128;
      count = std::min<std::size_t>(count, repeated ? 257 - code : code + 1);
    }
    if (repeated) {
      std::fill_n(row.begin() + filled, count, static_cast<std::uint8_t>(in.u8()));
    } else {
      const std::size_t there = std::min(count, in.left());
      std::copy_n(in.file.data + in.at, there, row.begin() + filled);
      in.skip(there);
      if (there < count) return false;
    }
    filled += count;
  }
  return true;
}

// Channel after channel. False where the data ends early: the rest is white.
bool read_planes(Reader& in, const Header& header, bool packed, Image& image) {
  const std::size_t sample_bytes = header.depth / 8, planes = header.mode == kRgb ? 3 : 1;
  std::fill_n(image.pixels.get(), image.row_bytes() * image.height, std::uint8_t{255});
  std::vector<std::uint8_t> row(header.width * sample_bytes);
  for (std::size_t plane = 0; plane < planes; ++plane) {
    for (int y = 0; y < image.height; ++y) {
      if (!read_row(in, packed, row)) return false;
      std::uint8_t* out = image.row(y) + plane;
      for (std::size_t x = 0; x < row.size(); x += sample_bytes, out += 3) {
        *out = row[x];  // of 16 bits the upper byte
        if (planes == 1) out[1] = out[2] = row[x];
      }
    }
  }
  return true;
}

}  // namespace

Result<Decoded> decode_psd(Bytes file) {
  Reader in{file};
  const auto header = read_header(in);
  if (!header) return header.error();
  for (int section = 0; section < 3; ++section) in.skip(in.u32());  // palette, resources, layers
  const unsigned compression = in.u16();
  if (in.left() == 0) return corrupt("a merged picture behind the layers of the PSD", "the end of the file");
  if (compression != kPlain && compression != kPackBits) {
    return corrupt("PSD data that is plain (0) or run-length packed (1)", std::to_string(compression));
  }
  const bool packed = compression == kPackBits;
  // The lengths of the packed rows: each is told by its row as well.
  if (packed) in.skip(std::size_t{2} * header->channels * header->height);

  Decoded decoded;
  decoded.width = static_cast<int>(header->width);
  decoded.height = static_cast<int>(header->height);
  decoded.image = Image::of_size(decoded.width, decoded.height);
  if (!decoded.image.pixels) return Error{Problem::kNoMemory, "expected memory for the PSD picture, found none"};
  if (!read_planes(in, *header, packed, decoded.image)) decoded.warning = kEndsEarly;
  return decoded;
}

}  // namespace catdog
