#include "catdog/photo/format.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace catdog {
namespace {

bool has(Bytes bytes, std::size_t offset, std::string_view magic) {
  return bytes.size >= offset + magic.size() && std::memcmp(bytes.data + offset, magic.data(), magic.size()) == 0;
}

using std::string_view_literals::operator""sv;

// ISO base media file: the brands (ISO/IEC 23008-12, AV1 Image File Format) tell AVIF and HEIC from films.
Format sniff_iso_media(Bytes bytes) {
  if (!has(bytes, 4, "ftyp"sv)) return Format::kUnknown;
  const std::size_t box = std::size_t{bytes.data[2]} << 8 | bytes.data[3];
  const std::size_t end = std::min(std::max<std::size_t>(box, 12), bytes.size);
  bool heic = false;
  for (std::size_t at = 8; at + 4 <= end; at = at == 8 ? 16 : at + 4) {
    if (has(bytes, at, "avif"sv) || has(bytes, at, "avis"sv)) return Format::kAvif;
    for (const auto brand : {"heic"sv, "heix"sv, "hevc"sv, "heim"sv, "heis"sv, "mif1"sv, "msf1"sv}) {
      heic = heic || has(bytes, at, brand);
    }
  }
  return heic ? Format::kHeic : Format::kUnknown;
}

// "P1" alone could begin a text: white space follows, then a number (behind "P7" a name) or a comment.
bool is_pnm(Bytes bytes) {
  if (bytes.size < 4 || bytes.data[0] != 'P' || bytes.data[1] < '1' || bytes.data[1] > '7') return false;
  std::size_t at = 2;
  while (at < bytes.size && std::string_view(" \t\n\v\f\r").find(bytes.data[at]) != std::string_view::npos) ++at;
  if (at == 2 || at == bytes.size) return false;
  if (bytes.data[at] == '#') return true;
  if (bytes.data[1] != '7') return bytes.data[at] >= '0' && bytes.data[at] <= '9';
  for (const auto name : {"WIDTH"sv, "HEIGHT"sv, "DEPTH"sv, "MAXVAL"sv, "TUPLTYPE"sv}) {
    if (has(bytes, at, name)) return true;
  }
  return false;
}

// "BM" alone could begin a text: one colour plane, and a header of a known size. (Of the reserved bytes some programs
// make use.)
bool is_bmp(Bytes bytes) {
  if (!has(bytes, 0, "BM"sv) || bytes.size <= 18) return false;
  const std::uint8_t* d = bytes.data;
  const std::uint32_t header = d[14] | d[15] << 8 | d[16] << 16 | std::uint32_t{d[17]} << 24;
  const std::size_t planes = header == 12 ? 22 : 26;
  return header >= 12 && header <= 256 && (bytes.size <= planes || d[planes] == 1);
}

// TGA has no signature: every field of its header must make sense, and the data must be there.
bool is_tga(Bytes bytes) {
  if (bytes.size < 19) return false;
  const std::uint8_t* d = bytes.data;
  const int map_type = d[1], type = d[2], map_bits = d[7], bits = d[16];
  const std::uint64_t width = d[12] | d[13] << 8, height = d[14] | d[15] << 8;
  const bool palette = type == 1 || type == 9;
  const bool grey = type == 3 || type == 11;
  const bool colour = type == 2 || type == 10;
  if (!(palette || grey || colour) || map_type != (palette ? 1 : 0) || width == 0 || height == 0) return false;
  if (palette && !(bits == 8 && (map_bits == 15 || map_bits == 16 || map_bits == 24 || map_bits == 32))) return false;
  if (grey && bits != 8 && bits != 16) return false;
  if (colour && bits != 15 && bits != 16 && bits != 24 && bits != 32) return false;
  if ((d[17] & 0xC0) != 0) return false;
  const std::uint64_t pixels = width * height, bytes_per_pixel = (bits + 7) / 8;
  // Run-length packets hold at most 128 pixels.
  const std::uint64_t least = type >= 9 ? pixels / 128 * (1 + bytes_per_pixel) : pixels * bytes_per_pixel;
  const std::uint64_t identification = d[0], map_entries = palette ? d[5] | d[6] << 8 : 0;
  return bytes.size >= 18 + identification + map_entries * ((map_bits + 7) / 8) + least;
}

struct Known {
  std::size_t offset;
  std::string_view magic;
  const char* name;
};

constexpr Known kNotPictures[] = {
    {0, "%PDF"sv, "a PDF document"},
    {0, "PK\x03\x04"sv, "a ZIP archive or office document"},
    {0, "\x1f\x8b"sv, "a gzip archive"},
    {0, "7z\xBC\xAF"sv, "a 7z archive"},
    {0, "Rar!"sv, "a RAR archive"},
    {0,
     "\x7f"
     "ELF"sv,
     "a program"},
    {0, "MZ"sv, "a program"},
    {4, "ftyp"sv, "a film"},
    {0, "\x1A\x45\xDF\xA3"sv, "a film"},
    {8, "AVI "sv, "a film"},
    {8, "WAVE"sv, "a sound"},
    {0, "ID3"sv, "a sound"},
    {0, "OggS"sv, "a sound"},
    {0, "fLaC"sv, "a sound"},
    {0, "<svg"sv, "an SVG drawing"},
    {0, "\x93NUMPY"sv, "a NumPy array"},
    {0, "\0\0\x01\0"sv, "an icon"},
    {0, "FUJIFILM"sv, "a camera's raw data"},
    {0, "\xFF\x0A"sv, "a JPEG XL picture"},
    {0, "\0\0\0\x0CJXL "sv, "a JPEG XL picture"},
};

}  // namespace

Format sniff_format(Bytes bytes) {
  if (has(bytes, 0, "\xFF\xD8\xFF"sv)) return Format::kJpeg;
  if (has(bytes, 0, "\x89PNG\r\n\x1A\n"sv)) return Format::kPng;
  if (has(bytes, 0, "GIF87a"sv) || has(bytes, 0, "GIF89a"sv)) return Format::kGif;
  if (has(bytes, 0, "8BPS\0\x01"sv) || has(bytes, 0, "8BPS\0\x02"sv)) return Format::kPsd;  // 2: PSB
  if (has(bytes, 0, "RIFF"sv) && has(bytes, 8, "WEBP"sv)) return Format::kWebp;
  if (has(bytes, 0, "II*\0"sv) || has(bytes, 0, "MM\0*"sv)) return Format::kTiff;
  if (has(bytes, 0, "II+\0"sv) || has(bytes, 0, "MM\0+"sv)) return Format::kTiff;  // BigTIFF
  if (has(bytes, 0, "\0\0\0\x0CjP  \r\n\x87\n"sv) || has(bytes, 0, "\xFF\x4F\xFF\x51"sv)) return Format::kJpeg2000;
  if (const Format format = sniff_iso_media(bytes); format != Format::kUnknown) return format;
  if (is_bmp(bytes)) return Format::kBmp;
  if (is_pnm(bytes)) return Format::kPnm;
  if (is_tga(bytes)) return Format::kTga;
  return Format::kUnknown;
}

const char* format_name(Format format) {
  switch (format) {
    case Format::kJpeg: return "JPEG";
    case Format::kPng: return "PNG";
    case Format::kGif: return "GIF";
    case Format::kBmp: return "BMP";
    case Format::kPsd: return "PSD";
    case Format::kPnm: return "PNM";
    case Format::kTga: return "TGA";
    case Format::kWebp: return "WebP";
    case Format::kAvif: return "AVIF";
    case Format::kHeic: return "HEIC";
    case Format::kTiff: return "TIFF";
    case Format::kJpeg2000: return "JPEG 2000";
    case Format::kUnknown: break;
  }
  return "unknown";
}

bool is_decoded_by_core(Format format) { return format != Format::kUnknown && format <= Format::kTga; }

std::string describe_bytes(Bytes bytes) {
  if (bytes.size == 0) return "an empty file";
  for (const Known& known : kNotPictures) {
    if (has(bytes, known.offset, known.magic)) return known.name;
  }
  const std::size_t looked_at = std::min<std::size_t>(bytes.size, 64);
  // FF and FE occur in no UTF-8.
  const bool text = std::all_of(bytes.data, bytes.data + looked_at, [](std::uint8_t c) {
    return (c >= 0x20 && c < 0xFE) || c == '\t' || c == '\n' || c == '\r';
  });
  if (text) return "text";
  std::string shown = "the bytes";
  constexpr char kHex[] = "0123456789ABCDEF";
  for (std::size_t i = 0; i < std::min<std::size_t>(bytes.size, 4); ++i) {
    shown += {' ', kHex[bytes.data[i] >> 4], kHex[bytes.data[i] & 15]};
  }
  return shown;
}

}  // namespace catdog
