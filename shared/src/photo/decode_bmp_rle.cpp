// BMP with run-length coding (BI_RLE8, BI_RLE4), which stb_image does not read.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "catdog/photo/limits.h"
#include "decoders.h"

namespace catdog {
namespace {

constexpr std::size_t kFileHeader = 14;
constexpr std::uint32_t kRle8 = 1, kRle4 = 2;

// Little-endian numbers; 0 behind the end.
struct Numbers {
  Bytes file;

  std::uint32_t u8(std::size_t at) const { return at < file.size ? file.data[at] : 0; }
  std::uint32_t u16(std::size_t at) const { return u8(at) | u8(at + 1) << 8; }
  std::uint32_t u32(std::size_t at) const { return u16(at) | u16(at + 2) << 16; }
};

using Palette = std::array<std::array<std::uint8_t, 3>, 256>;

Palette read_palette(const Numbers& in, std::uint32_t bits) {
  const std::size_t start = kFileHeader + in.u32(14);
  const std::uint32_t most = 1u << bits, used = in.u32(46), colours = used == 0 ? most : std::min(used, most);
  Palette palette{};
  for (std::size_t i = 0; i < colours; ++i) {
    for (std::size_t c = 0; c < 3; ++c) palette[i][c] = static_cast<std::uint8_t>(in.u8(start + 4 * i + 2 - c));
  }
  return palette;
}

// Walks over the picture from its lower left corner, and keeps to it.
class Canvas {
 public:
  Canvas(Image& image, const Palette& palette) : image_(image), palette_(palette), y_(image.height - 1) {}

  void put(std::uint32_t index) {
    if (x_ < image_.width && y_ >= 0) std::copy_n(palette_[index].data(), 3, image_.row(y_) + std::size_t{3} * x_);
    if (x_ < image_.width) ++x_;
  }
  void end_line() {
    x_ = 0;
    if (y_ >= 0) --y_;
  }
  void move(std::uint32_t right, std::uint32_t up) {
    x_ = std::min(image_.width, x_ + static_cast<int>(right));
    y_ = std::max(-1, y_ - static_cast<int>(up));
  }

 private:
  Image& image_;
  const Palette& palette_;
  int x_ = 0, y_;
};

// False where the file ends before the picture does.
bool unpack(const Numbers& in, std::size_t at, bool nibbles, Canvas& canvas) {
  constexpr std::uint32_t kEndOfLine = 0, kEndOfPicture = 1, kMove = 2;
  while (at + 2 <= in.file.size) {
    const std::uint32_t count = in.u8(at), value = in.u8(at + 1);
    at += 2;
    if (count > 0) {
      for (std::uint32_t i = 0; i < count; ++i) {
        canvas.put(!nibbles ? value : i % 2 == 0 ? value >> 4 : value & 15);
      }
    } else if (value == kEndOfLine) {
      canvas.end_line();
    } else if (value == kEndOfPicture) {
      return true;
    } else if (value == kMove) {
      canvas.move(in.u8(at), in.u8(at + 1));
      at += 2;
    } else {  // as many pixels as they are, filled up to an even number of bytes
      for (std::uint32_t i = 0; i < value; ++i) {
        const std::uint32_t byte = in.u8(at + (nibbles ? i / 2 : i));
        canvas.put(!nibbles ? byte : i % 2 == 0 ? byte >> 4 : byte & 15);
      }
      const std::size_t bytes = nibbles ? (value + 1) / 2 : value;
      at += bytes + bytes % 2;
    }
  }
  return false;
}

}  // namespace

bool is_run_length_bmp(Bytes file) {
  const Numbers in{file};
  const std::uint32_t coding = in.u32(30);
  return in.u32(14) >= 40 && ((coding == kRle8 && in.u16(28) == 8) || (coding == kRle4 && in.u16(28) == 4));
}

Result<Decoded> decode_bmp_rle(Bytes file) {
  const Numbers in{file};
  const std::uint32_t width = in.u32(18), height = in.u32(22);  // from bottom to top: never negative
  if (auto size = check_size(width, height, kMaxWholePixels); !size) return size.error();
  Decoded decoded;
  decoded.width = static_cast<int>(width);
  decoded.height = static_cast<int>(height);
  decoded.image = Image::of_size(decoded.width, decoded.height);
  if (!decoded.image.pixels) return Error{Problem::kNoMemory, "expected memory for the BMP picture, found none"};
  // What the file leaves out is transparent, as browsers have it.
  std::fill_n(decoded.image.pixels.get(), decoded.image.row_bytes() * height, std::uint8_t{255});
  const Palette palette = read_palette(in, in.u16(28));
  Canvas canvas(decoded.image, palette);
  if (!unpack(in, in.u32(10), in.u32(30) == kRle4, canvas)) decoded.warning = kEndsEarly;
  return decoded;
}

}  // namespace catdog
