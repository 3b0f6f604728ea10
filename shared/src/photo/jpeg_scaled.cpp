#include "jpeg_scaled.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "jpeg_planes.h"
#include "jpeg_upsample.h"

namespace catdog {
namespace {

constexpr int kMaxBlocks = 10;  // of an MCU; libjpeg refuses more

std::optional<JpegColourSpace> colour_space(const jpeg_decompress_struct& info) {
  if (info.jpeg_color_space == JCS_GRAYSCALE && info.num_components == 1) return JpegColourSpace::kGrey;
  if (info.jpeg_color_space == JCS_YCbCr && info.num_components == 3) return JpegColourSpace::kYcc;
  if (info.jpeg_color_space == JCS_RGB && info.num_components == 3) return JpegColourSpace::kRgb;
  return std::nullopt;
}

// One scan of all components that a baseline decoder can read, without a warning so far.
bool is_ordinary(const jpeg_decompress_struct& info) {
  const bool whole_scan =
      info.comps_in_scan == info.num_components && info.Ss == 0 && info.Se == 63 && info.Ah == 0 && info.Al == 0;
  return whole_scan && !info.progressive_mode && !info.arith_code && info.data_precision == 8 &&
         !info.CCIR601_sampling && info.err->num_warnings == 0;
}

bool copy_code(const JHUFF_TBL* const (&tables)[NUM_HUFF_TBLS], int number, std::array<HuffmanCode, 4>& codes) {
  if (number < 0 || number >= NUM_HUFF_TBLS || tables[number] == nullptr) return false;
  const JHUFF_TBL& table = *tables[number];
  std::copy(table.bits + 1, table.bits + 17, codes[number].counts.begin());
  std::copy(std::begin(table.huffval), std::end(table.huffval), codes[number].symbols.begin());
  return true;
}

// Whether the component is as large as the picture, or half as large in one direction; nothing in between.
bool is_upsampled_simply(const jpeg_decompress_struct& info, const jpeg_component_info& component) {
  const int across = component.h_samp_factor * component.DCT_scaled_size;
  const int down = component.v_samp_factor * component.DCT_scaled_size;
  const int all_across = info.max_h_samp_factor * info.min_DCT_scaled_size;
  const int all_down = info.max_v_samp_factor * info.min_DCT_scaled_size;
  return (across == all_across && (down == all_down || 2 * down == all_down)) ||
         (2 * across == all_across && down == all_down);
}

std::optional<JpegData> data_of(const jpeg_decompress_struct& info) {
  JpegData data;
  const bool single = info.num_components == 1;  // then its sampling says nothing
  int blocks = 0;
  for (int c = 0; c < info.num_components; ++c) {
    const jpeg_component_info& from = info.comp_info[c];
    JpegComponent to;
    if (info.cur_comp_info[c] != &from || !is_upsampled_simply(info, from)) return std::nullopt;
    to.horizontal = single ? 1 : from.h_samp_factor;
    to.vertical = single ? 1 : from.v_samp_factor;
    blocks += to.horizontal * to.vertical;
    if (to.horizontal > 2 || to.vertical > 2 || blocks > kMaxBlocks) return std::nullopt;
    to.scale = from.DCT_scaled_size;
    if (to.scale != 1 && to.scale != 2 && to.scale != 4) return std::nullopt;
    to.width = static_cast<int>(from.downsampled_width);
    to.height = static_cast<int>(from.downsampled_height);
    const int quantization = from.quant_tbl_no;
    if (quantization < 0 || quantization >= NUM_QUANT_TBLS || !info.quant_tbl_ptrs[quantization]) return std::nullopt;
    std::copy_n(info.quant_tbl_ptrs[quantization]->quantval, 64, to.quantization.begin());
    to.mean_table = from.dc_tbl_no;
    to.table = from.ac_tbl_no;
    if (!copy_code(info.dc_huff_tbl_ptrs, to.mean_table, data.mean_codes)) return std::nullopt;
    if (!copy_code(info.ac_huff_tbl_ptrs, to.table, data.codes)) return std::nullopt;
    data.components.push_back(to);
  }
  const int across = 8 * (single ? 1 : info.max_h_samp_factor), down = 8 * (single ? 1 : info.max_v_samp_factor);
  data.mcus_across = (static_cast<int>(info.image_width) + across - 1) / across;
  data.mcus_down = (static_cast<int>(info.image_height) + down - 1) / down;
  data.restart_interval = static_cast<int>(info.restart_interval);
  data.entropy_coded = {info.src->next_input_byte, info.src->bytes_in_buffer};
  return data;
}

}  // namespace

bool decode_scaled_jpeg(const jpeg_decompress_struct& info, Image& image) {
  const auto space = colour_space(info);
  if (!space || !is_ordinary(info) || info.min_DCT_scaled_size > 2) return false;
  const auto data = data_of(info);
  if (!data) return false;
  const std::vector<JpegPlane> planes = decode_planes(*data);
  if (planes.empty()) return false;
  const bool is_interpolated = info.min_DCT_scaled_size > 1;
  planes_to_rgb(planes, data->components, *space, is_interpolated, image);
  return true;
}

}  // namespace catdog
