// PSD and PSB by ourselves: the merged picture that Photoshop stores behind the layers, already mixed with white where
// it is transparent. (stb_image 2.27 undoes that mixing in floats that do not fit their bytes, which is undefined.)
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "catdog/photo/limits.h"
#include "decoders.h"

namespace catdog {
namespace {

constexpr std::size_t kHeaderBytes = 26;
constexpr unsigned kGrey = 1, kRgb = 3, kCmyk = 4;  // colour modes
constexpr unsigned kPlain = 0, kPackBits = 1;       // compressions
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
  bool large = false;  // PSB: lengths have twice the bytes
  unsigned channels = 0, depth = 0, mode = 0;
  std::uint32_t width = 0, height = 0;

  unsigned colours() const { return mode == kGrey ? 1 : mode == kRgb ? 3 : 4; }
};

Result<Header> read_header(Reader& in) {
  if (in.file.size < kHeaderBytes) return corrupt("a PSD header of 26 bytes", "the end of the file");
  Header header;
  header.large = in.file.data[5] == 2;
  in.at = 12;  // behind signature, version, and six reserved bytes
  header.channels = in.u16();
  header.height = in.u32();
  header.width = in.u32();
  header.depth = in.u16();
  header.mode = in.u16();
  if (auto size = check_size(header.width, header.height, kMaxWholePixels); !size) return size.error();
  if (header.depth != 8 && header.depth != 16) return corrupt("a PSD of 8 or 16 bits", std::to_string(header.depth));
  if (header.mode != kGrey && header.mode != kRgb && header.mode != kCmyk) {
    return corrupt("a PSD in grey (1), RGB (3) or CMYK (4)", "colour mode " + std::to_string(header.mode));
  }
  const unsigned needed = header.colours();
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

// Puts a row of one colour into its pixels. Ink is stored inverted: 255 is none of it, and black takes from all three.
void store(const std::vector<std::uint8_t>& row, const Header& header, unsigned plane, std::uint8_t* out) {
  const std::size_t sample_bytes = header.depth / 8;
  for (std::size_t x = 0; x < row.size(); x += sample_bytes, out += 3) {
    const std::uint8_t level = row[x];  // of 16 bits the upper byte
    if (header.mode == kGrey) {
      out[0] = out[1] = out[2] = level;
    } else if (plane < 3) {
      out[plane] = level;
    } else {
      for (int c = 0; c < 3; ++c) out[c] = static_cast<std::uint8_t>((out[c] * level + 127) / 255);
    }
  }
}

// Channel after channel. False where the data ends early: the rest is white.
bool read_planes(Reader& in, const Header& header, bool packed, Image& image) {
  std::fill_n(image.pixels.get(), image.row_bytes() * image.height, std::uint8_t{255});
  std::vector<std::uint8_t> row(std::size_t{header.width} * header.depth / 8);
  for (unsigned plane = 0; plane < header.colours(); ++plane) {
    for (int y = 0; y < image.height; ++y) {
      if (!read_row(in, packed, row)) return false;
      store(row, header, plane, image.row(y));
    }
  }
  return true;
}

}  // namespace

Result<Decoded> decode_psd(Bytes file) {
  Reader in{file};
  const auto header = read_header(in);
  if (!header) return header.error();
  for (int section = 0; section < 2; ++section) in.skip(in.u32());  // palette, resources
  const std::uint64_t upper = header->large ? std::uint64_t{in.u32()} << 32 : 0;
  in.skip(static_cast<std::size_t>(std::min<std::uint64_t>(upper | in.u32(), file.size)));  // layers
  const unsigned compression = in.u16();
  if (in.left() == 0) return corrupt("a merged picture behind the layers of the PSD", "the end of the file");
  if (compression != kPlain && compression != kPackBits) {
    return corrupt("PSD data that is plain (0) or run-length packed (1)", std::to_string(compression));
  }
  const bool packed = compression == kPackBits;
  // The lengths of the packed rows: each is told by its row as well.
  if (packed) in.skip(std::size_t{header->large ? 4u : 2u} * header->channels * header->height);

  Decoded decoded;
  decoded.width = static_cast<int>(header->width);
  decoded.height = static_cast<int>(header->height);
  decoded.image = Image::of_size(decoded.width, decoded.height);
  if (!decoded.image.pixels) return Error{Problem::kNoMemory, "expected memory for the PSD picture, found none"};
  if (!read_planes(in, *header, packed, decoded.image)) decoded.warning = kEndsEarly;
  return decoded;
}

}  // namespace catdog
