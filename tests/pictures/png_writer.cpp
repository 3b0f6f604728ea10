#include "pictures/png_writer.h"

#include <cstdlib>

namespace catdog {
namespace {

void write_header(png_structp png, png_infop info, int width, int height, const PngKind& kind) {
  png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), kind.depth,
               kind.colour_type, kind.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (!kind.palette.empty()) png_set_PLTE(png, info, kind.palette.data(), static_cast<int>(kind.palette.size()));
  if (!kind.palette_alpha.empty()) {
    png_set_tRNS(png, info, kind.palette_alpha.data(), static_cast<int>(kind.palette_alpha.size()), nullptr);
  }
  if (!kind.transparent.empty()) {
    png_color_16 key{};
    key.gray = key.red = kind.transparent[0];
    if (kind.transparent.size() == 3) key.green = kind.transparent[1], key.blue = kind.transparent[2];
    png_set_tRNS(png, info, nullptr, 0, &key);
  }
  if (!kind.icc.empty()) {
    png_set_option(png, PNG_SKIP_sRGB_CHECK_PROFILE, PNG_OPTION_ON);
    png_set_iCCP(png, info, "profile", 0, kind.icc.data(), static_cast<png_uint_32>(kind.icc.size()));
  }
  std::vector<png_byte> exif = kind.exif;
  if (!exif.empty()) png_set_eXIf_1(png, info, static_cast<png_uint_32>(exif.size()), exif.data());
  png_write_info(png, info);
}

}  // namespace

std::vector<std::uint8_t> write_png(int width, int height, const std::vector<std::uint16_t>& samples,
                                    const PngKind& kind) {
  std::vector<std::uint8_t> file;
  // An error of libpng ends the program with a message: there is none to expect here.
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &file,
      [](png_structp writer, png_bytep data, png_size_t size) {
        auto* out = static_cast<std::vector<std::uint8_t>*>(png_get_io_ptr(writer));
        out->insert(out->end(), data, data + size);
      },
      nullptr);
  png_set_check_for_invalid_index(png, 0);  // broken pictures have such indices on purpose
  write_header(png, info, width, height, kind);

  const std::size_t per_row = samples.size() / height, sample_bytes = kind.depth == 16 ? 2 : 1;
  std::vector<std::uint8_t> bytes;
  for (const std::uint16_t sample : samples) {
    if (sample_bytes == 2) bytes.push_back(static_cast<std::uint8_t>(sample >> 8));
    bytes.push_back(static_cast<std::uint8_t>(sample & 255));
  }
  std::vector<png_bytep> rows;
  for (int y = 0; y < height; ++y) rows.push_back(bytes.data() + y * per_row * sample_bytes);
  if (kind.depth < 8) png_set_packing(png);
  png_write_image(png, rows.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return file;
}

}  // namespace catdog
