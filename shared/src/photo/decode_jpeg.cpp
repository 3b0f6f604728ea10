// libjpeg-turbo, decoding straight to a reduced size in the domain of the cosine transform.
#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <cstring>

#include <jerror.h>
#include <jpeglib.h>

#include "catdog/photo/limits.h"
#include "decoders.h"
#include "jpeg_scaled.h"
#include "jpeg_scans.h"

namespace catdog {
namespace {

// The largest scale, in eighths, that the core's own decoder takes. At 2/8 less is skipped than at 1/8, and
// libjpeg-turbo is faster where it has vector instructions: not in WebAssembly. The pixels are the same.
#ifdef __wasm__
constexpr unsigned kLargestOwnScale = 2;
#else
constexpr unsigned kLargestOwnScale = 1;
#endif

// One decompression. It lives outside the function that calls setjmp, so that nothing with a destructor is skipped
// by the jump and every value is still defined after it.
struct JpegReader {
  jpeg_decompress_struct info{};
  jpeg_error_mgr handlers{};
  jpeg_progress_mgr progress{};
  std::jmp_buf on_error;
  char message[JMSG_LENGTH_MAX] = "";  // of the error, else of the first warning
  int error_code = 0;
  bool is_over_budget = false;
  JpegWork& work;
  Image image;
  PixelBuffer cmyk_row;
  PixelBuffer coarse_scans;

  explicit JpegReader(JpegWork& budget) : work(budget) {
    info.err = jpeg_std_error(&handlers);
    info.client_data = this;
    handlers.error_exit = [](j_common_ptr any) {
      auto* self = static_cast<JpegReader*>(any->client_data);
      self->error_code = any->err->msg_code;
      any->err->format_message(any, self->message);
      std::longjmp(self->on_error, 1);
    };
    handlers.emit_message = [](j_common_ptr any, int level) {
      if (level >= 0) return;  // a trace, not a warning
      auto* self = static_cast<JpegReader*>(any->client_data);
      if (any->err->num_warnings++ == 0) any->err->format_message(any, self->message);
    };
    handlers.output_message = [](j_common_ptr) {};
    progress.progress_monitor = [](j_common_ptr any) { static_cast<JpegReader*>(any->client_data)->spend(); };
  }
  ~JpegReader() { jpeg_destroy_decompress(&info); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

 private:
  // Called before each row of MCUs is read, where there is more than one scan; and before each row of pixels.
  void spend() {
    if (!jpeg_has_multiple_scans(&info) || jpeg_input_complete(&info)) return;
    const int rows = info.comps_in_scan == 1 ? info.cur_comp_info[0]->v_samp_factor : 1;
    const std::uint64_t blocks = std::uint64_t{info.MCUs_per_row} * info.blocks_in_MCU * rows;
    is_over_budget = info.input_scan_number > kMaxScans || !work.spend(blocks);
    if (is_over_budget) std::longjmp(on_error, 1);
  }
};

std::uint64_t blocks_of(const jpeg_decompress_struct& info) {
  std::uint64_t blocks = 0;
  for (int c = 0; c < info.num_components; ++c) {
    blocks += std::uint64_t{info.comp_info[c].width_in_blocks} * info.comp_info[c].height_in_blocks;
  }
  return blocks;
}

// The smallest n for which n/8 of each side (rounded up, as libjpeg does) covers `cover`.
int scale_numerator(std::uint64_t width, std::uint64_t height, int cover) {
  const std::uint64_t shorter = width < height ? width : height;
  for (int n = 1; n < 8 && cover > 0; ++n) {
    if ((shorter * n + 7) / 8 >= static_cast<std::uint64_t>(cover)) return n;
  }
  return 8;
}

// Damaged data holds coefficients far out of range, which vector instructions saturate and plain code does not, so that
// builds would differ. libjpeg-turbo has such instructions for transforms to 8, 4 and 2 pixels; these scales need none
// of them, not even for chroma, which is decoded at a power of two times the scale. They cover what `numerator` covers,
// unless a side would outgrow the limit.
int scale_without_vectors(int numerator, int longer_side) {
  constexpr int kNumerators[] = {3, 3, 3, 5, 5, 6, 7, 9};
  const bool fits = numerator < 8 || longer_side <= kMaxSide / 9 * 8;
  return fits ? kNumerators[numerator - 1] : 7;
}

// Where a component's blocks become one pixel each, only their means are used: most of a large progressive file need
// not be decoded. The pixels are the same without it.
void leave_out_fine_scans(JpegReader& reader) {
  jpeg_decompress_struct& info = reader.info;
  ComponentSet all{}, coarse{}, others{};
  for (int c = 0; c < info.num_components; ++c) {
    const jpeg_component_info& component = info.comp_info[c];
    const auto id = static_cast<std::uint8_t>(component.component_id);
    all[id] = true;
    (component.DCT_scaled_size == 1 ? coarse : others)[id] = true;
  }
  for (std::size_t id = 0; id < coarse.size(); ++id) coarse[id] = coarse[id] && !others[id];
  const Bytes rest{info.src->next_input_byte, info.src->bytes_in_buffer};
  if (coarse == ComponentSet{} || !(reader.coarse_scans = allocate_pixels(rest.size))) return;

  JpegScan begun;
  begun.count = info.comps_in_scan;
  for (int i = 0; i < begun.count; ++i) {
    begun.components[i] = static_cast<std::uint8_t>(info.cur_comp_info[i]->component_id);
  }
  begun.first = info.Ss;
  begun.last = info.Se;
  begun.lowest_bit = info.Al;
  const std::size_t size = without_fine_scans(rest, begun, all, coarse, reader.coarse_scans.get());
  if (size == 0) return;
  info.src->next_input_byte = reader.coarse_scans.get();
  info.src->bytes_in_buffer = size;
  info.do_block_smoothing = FALSE;  // it would guess what was left out
}

// Both are called under setjmp and may be left by a jump: they own nothing.
void read_header(JpegReader& reader, Bytes file) {
  jpeg_create_decompress(&reader.info);
  reader.info.progress = &reader.progress;
  reader.info.mem->max_memory_to_use = static_cast<long>(kMaxDecoderBytes);
  jpeg_mem_src(&reader.info, file.data, static_cast<unsigned long>(file.size));
  jpeg_read_header(&reader.info, TRUE);
}

void read_pixels(JpegReader& reader) {
  jpeg_decompress_struct& info = reader.info;
  jpeg_start_decompress(&info);
  while (info.output_scanline < info.output_height) {
    std::uint8_t* out = reader.image.row(static_cast<int>(info.output_scanline));
    JSAMPROW row = reader.cmyk_row ? reader.cmyk_row.get() : out;
    jpeg_read_scanlines(&info, &row, 1);
    if (!reader.cmyk_row) continue;
    // Adobe's convention, which all known CMYK photos follow: inks are stored inverted (255 = none).
    for (JDIMENSION x = 0; x < info.output_width; ++x, row += 4, out += 3) {
      for (int c = 0; c < 3; ++c) out[c] = static_cast<std::uint8_t>((row[c] * row[3] + 127) / 255);
    }
  }
  jpeg_finish_decompress(&info);
}

bool header_is_read(JpegReader& reader, Bytes file) {
  if (setjmp(reader.on_error)) return false;
  read_header(reader, file);
  return true;
}

bool pixels_are_read(JpegReader& reader) {
  if (setjmp(reader.on_error)) return false;
  read_pixels(reader);
  return true;
}

Error failure(const JpegReader& reader) {
  if (reader.is_over_budget && reader.info.input_scan_number > kMaxScans) return too_many_scans();
  if (reader.is_over_budget) return reader.work.is_spent(reader.info.image_width, reader.info.image_height);
  const bool memory = reader.error_code == JERR_OUT_OF_MEMORY || reader.error_code == JERR_NO_BACKING_STORE;
  return {memory ? Problem::kNoMemory : Problem::kCorrupt,
          std::string(memory ? "expected memory to decode the JPEG picture, found too little ("
                             : "expected a sound JPEG picture, found damage or an unsupported kind (") +
              reader.message + ")"};
}

Result<Decoded> decode_at(Bytes file, int cover, bool with_vectors, JpegWork& work) {
  JpegReader reader(work);
  if (!header_is_read(reader, file)) return failure(reader);
  jpeg_decompress_struct& info = reader.info;
  if (auto size = check_size(info.image_width, info.image_height, kMaxPixels); !size) return size.error();
  if (!jpeg_has_multiple_scans(&info) && !work.spend(blocks_of(info))) {
    return work.is_spent(info.image_width, info.image_height);
  }

  const bool cmyk = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  info.out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
  info.dct_method = JDCT_ISLOW;  // the one that every build of the library computes alike
  const int numerator = scale_numerator(info.image_width, info.image_height, cover);
  const int longer_side = static_cast<int>(std::max(info.image_width, info.image_height));
  info.scale_num = static_cast<unsigned>(with_vectors ? numerator : scale_without_vectors(numerator, longer_side));
  info.scale_denom = 8;
  jpeg_calc_output_dimensions(&info);
  reader.image = Image::of_size(static_cast<int>(info.output_width), static_cast<int>(info.output_height));
  if (cmyk) reader.cmyk_row = allocate_pixels(std::size_t{4} * info.output_width);
  if (!reader.image.pixels || (cmyk && !reader.cmyk_row)) {
    return Error{Problem::kNoMemory, "expected memory for the JPEG picture, found none"};
  }
  if (info.progressive_mode) leave_out_fine_scans(reader);
  const bool is_done = !cmyk && info.scale_num <= kLargestOwnScale && decode_scaled_jpeg(info, reader.image);
  if (!is_done && !pixels_are_read(reader)) return failure(reader);

  Decoded decoded;
  decoded.width = static_cast<int>(info.image_width);
  decoded.height = static_cast<int>(info.image_height);
  decoded.image = std::move(reader.image);
  if (info.err->num_warnings > 0) decoded.warning = reader.message;
  return decoded;
}

}  // namespace

Result<Decoded> decode_jpeg(Bytes file, int cover, JpegWork& work) {
  auto decoded = decode_at(file, cover, true, work);
  const bool damaged = decoded && !decoded->warning.empty();
  return damaged && cover > 0 ? decode_at(file, cover, false, work) : std::move(decoded);
}

}  // namespace catdog
