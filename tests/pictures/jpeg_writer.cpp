#include "pictures/jpeg_writer.h"

#include <cstddef>
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>

#include <algorithm>

namespace catdog {
namespace {

// Inverted inks whose product with inverted black is the colour.
cv::Mat to_inverted_cmyk(const cv::Mat& rgb) {
  cv::Mat out(rgb.size(), CV_8UC4);
  for (int y = 0; y < rgb.rows; ++y) {
    for (int x = 0; x < rgb.cols; ++x) {
      const cv::Vec3b colour = rgb.at<cv::Vec3b>(y, x);
      const int black = std::max({int{colour[0]}, int{colour[1]}, int{colour[2]}, 1});
      cv::Vec4b& inks = out.at<cv::Vec4b>(y, x);
      for (int c = 0; c < 3; ++c) inks[c] = static_cast<uchar>((colour[c] * 255 + black / 2) / black);
      inks[3] = static_cast<uchar>(black);
    }
  }
  return out;
}

// The same as libjpeg's own sum, so that it stores what the RGB case would.
cv::Mat to_grey(const cv::Mat& rgb) {
  cv::Mat out(rgb.size(), CV_8U);
  for (int y = 0; y < rgb.rows; ++y) {
    for (int x = 0; x < rgb.cols; ++x) {
      const cv::Vec3b colour = rgb.at<cv::Vec3b>(y, x);
      out.at<uchar>(y, x) = cv::saturate_cast<uchar>(0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]);
    }
  }
  return out;
}

J_COLOR_SPACE stored_space(JpegColours colours) {
  switch (colours) {
    case JpegColours::kYcc: return JCS_YCbCr;
    case JpegColours::kRgb: return JCS_RGB;
    case JpegColours::kGrey: return JCS_GRAYSCALE;
    case JpegColours::kCmyk: return JCS_CMYK;
    case JpegColours::kYcck: return JCS_YCCK;
  }
  std::abort();
}

// libjpeg gives luma its first tables and the others its second ones.
void set_tables(jpeg_compress_struct& info, int tables) {
  if (info.num_components < 3 || tables == 2) return;
  jpeg_component_info& last = info.comp_info[2];
  if (tables == 1) {
    for (int c = 0; c < 3; ++c)
      info.comp_info[c].quant_tbl_no = info.comp_info[c].dc_tbl_no = info.comp_info[c].ac_tbl_no = 0;
    return;
  }
  unsigned steps[DCTSIZE2];
  for (unsigned i = 0; i < DCTSIZE2; ++i) steps[i] = 3 + i % 8 + i / 8;
  jpeg_add_quant_table(&info, 2, steps, 100, TRUE);
  const auto copy = [&](JHUFF_TBL*(&of)[NUM_HUFF_TBLS]) {
    if (of[2] == nullptr) of[2] = jpeg_alloc_huff_table(reinterpret_cast<j_common_ptr>(&info));
    *of[2] = *of[0];
  };
  copy(info.dc_huff_tbl_ptrs);
  copy(info.ac_huff_tbl_ptrs);
  last.quant_tbl_no = last.dc_tbl_no = last.ac_tbl_no = 2;
}

void describe(jpeg_compress_struct& info, const JpegKind& kind, std::vector<jpeg_scan_info>& scans) {
  jpeg_set_defaults(&info);
  jpeg_set_colorspace(&info, stored_space(kind.colours));
  jpeg_set_quality(&info, kind.quality, kind.wide_steps ? FALSE : TRUE);
  info.optimize_coding = kind.optimised ? TRUE : FALSE;
  set_tables(info, kind.tables);
  if (!kind.adobe_marker) info.write_Adobe_marker = FALSE;
  for (int c = 0; c < info.num_components; ++c) {
    const bool said = static_cast<std::size_t>(c) < kind.sampling.size();
    info.comp_info[c].h_samp_factor = said ? kind.sampling[c].first : 1;
    info.comp_info[c].v_samp_factor = said ? kind.sampling[c].second : 1;
  }
  info.arith_code = kind.arithmetic ? TRUE : FALSE;
  info.restart_interval = kind.restart_interval;
  if (kind.progressive) jpeg_simple_progression(&info);
  if (kind.separate_scans) {
    for (int c = 0; c < info.num_components; ++c) scans.push_back({1, {c, 0, 0, 0}, 0, 63, 0, 0});
    info.scan_info = scans.data();
    info.num_scans = static_cast<int>(scans.size());
  }
}

}  // namespace

std::vector<std::uint8_t> write_jpeg(const cv::Mat& rgb, const JpegKind& kind) {
  const bool four = kind.colours == JpegColours::kCmyk || kind.colours == JpegColours::kYcck;
  const bool grey = kind.colours == JpegColours::kGrey;
  const cv::Mat source = four ? to_inverted_cmyk(rgb) : grey ? to_grey(rgb) : rgb;

  jpeg_compress_struct info{};
  jpeg_error_mgr handlers{};
  info.err = jpeg_std_error(&handlers);  // an error ends the program with a message: there is none to expect here
  jpeg_create_compress(&info);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &memory, &size);
  info.image_width = static_cast<JDIMENSION>(source.cols);
  info.image_height = static_cast<JDIMENSION>(source.rows);
  info.input_components = source.channels();
  info.in_color_space = four ? JCS_CMYK : grey ? JCS_GRAYSCALE : JCS_RGB;
  std::vector<jpeg_scan_info> scans;
  describe(info, kind, scans);
  jpeg_start_compress(&info, TRUE);
  if (!kind.exif.empty()) {
    std::vector<std::uint8_t> segment = {'E', 'x', 'i', 'f', 0, 0};
    segment.insert(segment.end(), kind.exif.begin(), kind.exif.end());
    jpeg_write_marker(&info, JPEG_APP0 + 1, segment.data(), static_cast<unsigned>(segment.size()));
  }
  if (!kind.icc.empty()) jpeg_write_icc_profile(&info, kind.icc.data(), static_cast<unsigned>(kind.icc.size()));
  for (int y = 0; y < source.rows; ++y) {
    JSAMPROW row = const_cast<JSAMPROW>(source.ptr(y));
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  std::vector<std::uint8_t> file(memory, memory + size);
  jpeg_destroy_compress(&info);
  std::free(memory);
  return file;
}

}  // namespace catdog
