#include "support/tiff_page.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

#include "catdog/photo/limits.h"
#include "support/cie_lab.h"
#include "support/platform_decoders.h"

namespace catdog {

// How libtiff reads memory.
struct TiffCallbacks {
  static TiffFile& self(thandle_t handle) { return *static_cast<TiffFile*>(handle); }
  static tmsize_t read(thandle_t handle, void* out, tmsize_t wanted) {
    TiffFile& file = self(handle);
    const std::uint64_t there = file.at_ < file.file_.size ? file.file_.size - file.at_ : 0;
    const auto count = std::min<std::uint64_t>(there, wanted < 0 ? 0 : static_cast<std::uint64_t>(wanted));
    if (count > 0) std::memcpy(out, file.file_.data + file.at_, count);
    file.at_ += count;
    return static_cast<tmsize_t>(count);
  }
  static tmsize_t write(thandle_t, void*, tmsize_t) { return 0; }
  static toff_t seek(thandle_t handle, toff_t to, int from) {
    TiffFile& file = self(handle);
    file.at_ = from == SEEK_CUR ? file.at_ + to : from == SEEK_END ? file.file_.size + to : to;
    return file.at_;
  }
  static int close(thandle_t) { return 0; }
  static toff_t size(thandle_t handle) { return self(handle).file_.size; }
  static int map(thandle_t handle, void** data, toff_t* size) {
    *data = const_cast<std::uint8_t*>(self(handle).file_.data);
    *size = self(handle).file_.size;
    return 1;
  }
  static void unmap(thandle_t, void*, toff_t) {}
};

namespace {

struct Kind {
  std::uint32_t width = 0, height = 0;
  std::uint16_t bits = 1, samples = 1, format = SAMPLEFORMAT_UINT, photometric = PHOTOMETRIC_MINISBLACK,
                planes = PLANARCONFIG_CONTIG;
  int alpha = -1;              // which sample is alpha; none
  bool premultiplied = false;  // alpha is in the colours already

  bool is_lab() const { return photometric == PHOTOMETRIC_CIELAB || photometric == PHOTOMETRIC_ICCLAB; }
  int colours() const { return photometric == PHOTOMETRIC_RGB || is_lab() ? 3 : 1; }
  bool is_fraction() const { return format == SAMPLEFORMAT_IEEEFP; }

  // Whether Samples can read it.
  bool is_plain() const {
    const bool known = photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_MINISWHITE ||
                       photometric == PHOTOMETRIC_RGB || (is_lab() && (bits == 8 || bits == 16));
    const bool whole = (format == SAMPLEFORMAT_UINT || format == SAMPLEFORMAT_VOID) && bits >= 1 && bits <= 32;
    return known && samples >= colours() && (whole || (is_fraction() && (bits == 32 || bits == 64)));
  }
};

Kind kind_of(TIFF* tiff) {
  Kind kind;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &kind.width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &kind.height);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &kind.bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &kind.samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &kind.format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &kind.planes);
  if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &kind.photometric) && kind.samples >= 3) {
    kind.photometric = PHOTOMETRIC_RGB;
  }
  std::uint16_t extra = 0;
  std::uint16_t* meanings = nullptr;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &extra, &meanings);
  for (int i = 0; i < extra && kind.alpha < 0; ++i) {
    if (meanings[i] == EXTRASAMPLE_UNSPECIFIED || kind.samples - extra + i >= kind.samples) continue;
    kind.alpha = kind.samples - extra + i;
    kind.premultiplied = meanings[i] == EXTRASAMPLE_ASSOCALPHA;
  }
  return kind;
}

// Samples of one row as levels of 0 to 255.
class Samples {
 public:
  Samples(const Kind& kind, const std::uint8_t* row) : kind_(kind), row_(row) {}

  std::uint8_t level(std::size_t index) const {
    if (kind_.is_fraction()) return kind_.bits == 32 ? of_fraction<float>(index) : of_fraction<double>(index);
    switch (kind_.bits) {
      case 8: return row_[index];
      case 16: return static_cast<std::uint8_t>(whole<std::uint16_t>(index) >> 8);
      case 32: return static_cast<std::uint8_t>(whole<std::uint32_t>(index) >> 24);
      default: return of_bits(index);
    }
  }

 private:
  template <class T>
  T whole(std::size_t index) const {  // in this machine's byte order already
    T value;
    std::memcpy(&value, row_ + index * sizeof(T), sizeof(T));
    return value;
  }
  template <class T>
  std::uint8_t of_fraction(std::size_t index) const {
    const T value = whole<T>(index);
    return value > 0 ? static_cast<std::uint8_t>(std::lround(std::min(value, T{1}) * 255)) : std::uint8_t{0};
  }
  // The highest bit first, without gaps between samples.
  std::uint8_t of_bits(std::size_t index) const {
    std::uint64_t value = 0;
    for (std::size_t bit = index * kind_.bits; bit < (index + 1) * kind_.bits; ++bit) {
      value = value << 1 | (row_[bit / 8] >> (7 - bit % 8) & 1u);
    }
    if (kind_.bits > 8) return static_cast<std::uint8_t>(value >> (kind_.bits - 8));
    const std::uint64_t most = (std::uint64_t{1} << kind_.bits) - 1;
    return static_cast<std::uint8_t>((value * 255 + most / 2) / most);
  }

  const Kind& kind_;
  const std::uint8_t* row_;
};

using Rgba = std::vector<std::uint8_t>;

// A part of a row: all samples of each pixel, or those of one plane.
void store(const Kind& kind, const std::uint8_t* row, std::uint32_t x, std::uint32_t y, std::uint32_t count, int plane,
           Rgba& rgba) {
  const Samples samples(kind, row);
  const bool together = kind.planes == PLANARCONFIG_CONTIG;
  const std::size_t step = together ? kind.samples : 1;
  std::uint8_t* out = rgba.data() + 4 * (std::size_t{y} * kind.width + x);
  const auto copy = [&](int sample, int channel) {
    if (!together && sample != plane) return;
    const bool inverted = kind.photometric == PHOTOMETRIC_MINISWHITE && channel < 3;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint8_t level = samples.level(i * step + (together ? static_cast<std::size_t>(sample) : 0));
      out[4 * i + channel] = inverted ? static_cast<std::uint8_t>(255 - level) : level;
    }
  };
  for (int channel = 0; channel < 3; ++channel) copy(std::min(channel, kind.colours() - 1), channel);
  if (kind.alpha >= 0) copy(kind.alpha, 3);
}

bool read_strips(TIFF* tiff, const Kind& kind, int plane, Rgba& rgba) {
  std::vector<std::uint8_t> row(static_cast<std::size_t>(TIFFScanlineSize64(tiff)));
  for (std::uint32_t y = 0; y < kind.height; ++y) {
    if (TIFFReadScanline(tiff, row.data(), y, static_cast<std::uint16_t>(plane)) < 0) return false;
    store(kind, row.data(), 0, y, kind.width, plane, rgba);
  }
  return true;
}

bool read_tiles(TIFF* tiff, const Kind& kind, int plane, Rgba& rgba) {
  std::uint32_t width = 0, height = 0;
  TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &width);
  TIFFGetField(tiff, TIFFTAG_TILELENGTH, &height);
  if (width == 0 || height == 0) return false;
  std::vector<std::uint8_t> tile(static_cast<std::size_t>(TIFFTileSize64(tiff)));
  const std::size_t row_bytes = static_cast<std::size_t>(TIFFTileRowSize64(tiff));
  for (std::uint32_t y = 0; y < kind.height; y += height) {
    for (std::uint32_t x = 0; x < kind.width; x += width) {
      if (TIFFReadTile(tiff, tile.data(), x, y, 0, static_cast<std::uint16_t>(plane)) < 0) return false;
      const std::uint32_t rows = std::min(height, kind.height - y), count = std::min(width, kind.width - x);
      for (std::uint32_t i = 0; i < rows; ++i) store(kind, tile.data() + i * row_bytes, x, y + i, count, plane, rgba);
    }
  }
  return true;
}

bool read_samples(TIFF* tiff, const Kind& kind, Rgba& rgba) {
  const bool tiled = TIFFIsTiled(tiff) != 0;
  const std::uint64_t bytes = tiled ? TIFFTileSize64(tiff) : TIFFScanlineSize64(tiff);
  // Hardly more than the samples themselves, or the sizes in the file contradict each other.
  const std::uint64_t row_bits = std::uint64_t{kind.width} * kind.bits * kind.samples;
  const std::uint64_t least = (kind.planes == PLANARCONFIG_CONTIG ? row_bits : row_bits / kind.samples) / 8;
  if (bytes == 0 || bytes > kMaxDecoderBytes / 2 || (!tiled && bytes < least)) return false;
  const int planes = kind.planes == PLANARCONFIG_CONTIG ? 1 : kind.samples;
  for (int plane = 0; plane < planes; ++plane) {
    const bool wanted = planes == 1 || plane < kind.colours() || plane == kind.alpha;
    if (wanted && !(tiled ? read_tiles : read_strips)(tiff, kind, plane, rgba)) return false;
  }
  return true;
}

// As libtiff converts it: alpha is in the colours already.
bool read_converted(TIFF* tiff, const Kind& kind, Rgba& rgba) {
  std::uint16_t orientation = ORIENTATION_TOPLEFT;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
  std::vector<std::uint32_t> raster(std::size_t{kind.width} * kind.height);
  // The orientation that it has: then nothing is turned here.
  if (!TIFFReadRGBAImageOriented(tiff, kind.width, kind.height, raster.data(), orientation, 1)) return false;
  for (std::size_t i = 0; i < raster.size(); ++i) {
    rgba[4 * i] = TIFFGetR(raster[i]);
    rgba[4 * i + 1] = TIFFGetG(raster[i]);
    rgba[4 * i + 2] = TIFFGetB(raster[i]);
    rgba[4 * i + 3] = TIFFGetA(raster[i]);
  }
  return true;
}

void lab_to_rgb(const Kind& kind, Rgba& rgba) {
  const LabToRgb to_rgb;
  // a* and b* below 0 are two's complements there, and less than 128 in the other.
  const std::uint8_t sign = kind.photometric == PHOTOMETRIC_CIELAB ? 128 : 0;
  for (std::size_t i = 0; i < rgba.size(); i += 4) {
    rgba[i + 1] ^= sign;
    rgba[i + 2] ^= sign;
    to_rgb.convert(&rgba[i]);
  }
}

// Colours that alpha is multiplied into need only what is missing of white.
void lay_on_white(Rgba& rgba) {
  for (std::size_t i = 0; i < rgba.size(); i += 4) {
    for (std::size_t c = i; c < i + 3; ++c) {
      rgba[c] = static_cast<std::uint8_t>(std::min(255, rgba[c] + 255 - rgba[i + 3]));
    }
    rgba[i + 3] = 255;
  }
}

ToSrgb to_srgb(TIFF* tiff) {
  std::uint32_t size = 0;
  const void* profile = nullptr;
  if (!TIFFGetField(tiff, TIFFTAG_ICCPROFILE, &size, &profile)) return {};
  return ToSrgb::of_profile({static_cast<const std::uint8_t*>(profile), size});
}

}  // namespace

TiffFile::TiffFile(Bytes file) : file_(file), tiff_(nullptr, TIFFClose) {
  TIFFSetWarningHandler(nullptr);
  TIFFSetErrorHandler(nullptr);
  TIFFSetErrorHandlerExt(hear);
  using Call = TiffCallbacks;
  tiff_.reset(TIFFClientOpen("", "r", this, Call::read, Call::write, Call::seek, Call::close, Call::size, Call::map,
                             Call::unmap));
}

void TiffFile::hear(void* self, const char*, const char* format, va_list arguments) {
  char text[256];
  std::vsnprintf(text, sizeof text, format, arguments);
  static_cast<TiffFile*>(self)->complaint_ = text;
}

Result<Decoded> read_tiff_page(TiffFile& file) {
  TIFF* tiff = file.get();
  Kind kind = kind_of(tiff);
  if (auto sound = check_size(kind.width, kind.height, kMaxWholePixels); !sound) return sound.error();
  Rgba rgba(std::size_t{4} * kind.width * kind.height, 255);
  const bool plain = kind.is_plain();
  if (!(plain ? read_samples : read_converted)(tiff, kind, rgba)) {
    return unsound(Format::kTiff,
                   "damage or an unsupported kind" + (file.complaint().empty() ? "" : " (" + file.complaint() + ")"));
  }
  if (plain && kind.is_lab()) lab_to_rgb(kind, rgba);
  if (!plain || kind.premultiplied) lay_on_white(rgba);
  Decoded decoded{{}, static_cast<int>(kind.width), static_cast<int>(kind.height), Format::kTiff, to_srgb(tiff), {}};
  auto image = from_rgba(rgba.data(), decoded.width, decoded.height);
  if (!image) return image.error();
  decoded.image = std::move(*image);
  return decoded;
}

}  // namespace catdog
