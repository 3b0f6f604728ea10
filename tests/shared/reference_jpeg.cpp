#include "reference_jpeg.h"

#include <csetjmp>
#include <cstddef>
#include <cstdio>

#include <jpeglib.h>

#include "jpeg_scaled.h"

namespace catdog {
namespace {

// Errors jump; warnings are counted and told to nobody.
struct Reader {
  jpeg_decompress_struct info{};
  jpeg_error_mgr handlers{};
  std::jmp_buf on_error;
  ScaledJpeg out;

  Reader() {
    info.err = jpeg_std_error(&handlers);
    info.client_data = this;
    handlers.error_exit = [](j_common_ptr any) { std::longjmp(static_cast<Reader*>(any->client_data)->on_error, 1); };
    handlers.output_message = [](j_common_ptr) {};
    jpeg_create_decompress(&info);
  }
  ~Reader() { jpeg_destroy_decompress(&info); }
};

bool read_header(Reader& reader, Bytes file, int numerator) {
  if (setjmp(reader.on_error)) return false;
  jpeg_decompress_struct& info = reader.info;
  jpeg_mem_src(&info, file.data, static_cast<unsigned long>(file.size));
  jpeg_read_header(&info, TRUE);
  if (info.num_components > 3) return false;  // no RGB
  info.out_color_space = JCS_RGB;
  info.dct_method = JDCT_ISLOW;
  info.scale_num = static_cast<unsigned>(numerator);
  info.scale_denom = 8;
  jpeg_calc_output_dimensions(&info);
  return true;
}

bool read_pixels(Reader& reader) {
  if (setjmp(reader.on_error)) return false;
  jpeg_decompress_struct& info = reader.info;
  jpeg_start_decompress(&info);
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = reader.out.rgb.data() + std::size_t{3} * info.output_width * info.output_scanline;
    jpeg_read_scanlines(&info, &row, 1);
  }
  jpeg_finish_decompress(&info);
  return info.err->num_warnings == 0;
}

constexpr std::size_t kMostPixels = std::size_t{1} << 28;

bool make_room(Reader& reader) {
  ScaledJpeg& out = reader.out;
  out.width = static_cast<int>(reader.info.output_width);
  out.height = static_cast<int>(reader.info.output_height);
  if (std::size_t{reader.info.image_width} * reader.info.image_height > kMostPixels) return false;
  out.rgb.resize(std::size_t{3} * out.width * out.height);
  return true;
}

}  // namespace

std::optional<ScaledJpeg> libjpeg_at(Bytes file, int numerator) {
  Reader reader;
  if (!read_header(reader, file, numerator) || !make_room(reader) || !read_pixels(reader)) return std::nullopt;
  return std::move(reader.out);
}

std::optional<ScaledJpeg> own_decoder_at(Bytes file, int numerator) {
  Reader reader;
  if (!read_header(reader, file, numerator) || !make_room(reader)) return std::nullopt;
  Image image = Image::of_size(reader.out.width, reader.out.height);
  if (!image.pixels || !decode_scaled_jpeg(reader.info, image)) return std::nullopt;
  reader.out.rgb.assign(image.pixels.get(), image.pixels.get() + image.row_bytes() * image.height);
  return std::move(reader.out);
}

}  // namespace catdog
