#include "pictures/exif_writer.h"

#include "pictures/byte_writer.h"

namespace catdog {

std::vector<std::uint8_t> exif(std::uint32_t orientation, ByteOrder order, int type) {
  const bool little = order == ByteOrder::kLittle;
  ByteWriter out;
  const auto u16 = [&](unsigned value) { little ? out.u16le(value) : out.u16be(value); };
  const auto u32 = [&](std::uint32_t value) { little ? out.u32le(value) : out.u32be(value); };
  const auto tag = [&](unsigned id, int of_type, std::uint32_t value) {
    u16(id), u16(static_cast<unsigned>(of_type)), u32(1);
    if (of_type == kTiffShort) {
      u16(value), u16(0);  // a short stands at the front of its four bytes
    } else {
      u32(value);
    }
  };
  out.text(little ? "II" : "MM");
  u16(42), u32(8);
  u16(3);
  tag(0x0100, kTiffLong, 4000);  // width
  tag(0x0112, type, orientation);
  tag(0x0128, kTiffShort, 2);  // unit of resolution
  u32(0);                      // no further directory
  return out.bytes;
}

}  // namespace catdog
