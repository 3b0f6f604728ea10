// Pictures with colour profiles, in every format that carries them and can be written here.
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "pictures/byte_writer.h"
#include "pictures/icc_writer.h"
#include "pictures/jpeg_writer.h"
#include "pictures/painter.h"
#include "pictures/png_writer.h"
#include "pictures/raster_writers.h"
#include "pictures/test_pictures.h"

namespace catdog {
namespace {

FileBytes png(const cv::Mat& rgb, const FileBytes& icc) {
  PngKind kind;
  kind.icc = icc;
  return write_png(rgb.cols, rgb.rows, std::vector<std::uint16_t>(rgb.datastart, rgb.dataend), kind);
}

FileBytes jpeg(const cv::Mat& rgb, const FileBytes& icc, bool progressive = false) {
  JpegKind kind;
  kind.icc = icc;
  kind.progressive = progressive;
  return write_jpeg(rgb, kind);
}

FileBytes psd(const cv::Mat& rgb, const FileBytes& icc) {
  PsdKind kind;
  kind.icc = icc;
  return write_psd(rgb, kind);
}

// An extended WebP file: its header, the profile, the picture.
FileBytes webp(const cv::Mat& rgb, const FileBytes& icc) {
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  FileBytes simple;
  constexpr int kLossless = 101;
  cv::imencode(".webp", bgr, simple, {cv::IMWRITE_WEBP_QUALITY, kLossless});
  constexpr unsigned kHasProfile = 0x20;
  ByteWriter body;
  body.text("WEBPVP8X").u32le(10).u32le(kHasProfile);
  for (const int side : {rgb.cols, rgb.rows}) body.u16le(static_cast<unsigned>(side - 1)).u8(0);
  body.text("ICCP").u32le(static_cast<std::uint32_t>(icc.size())).append(icc);
  if (icc.size() % 2 != 0) body.u8(0);
  body.append({simple.begin() + 12, simple.end()});  // behind "RIFF", the size and "WEBP"
  return ByteWriter().text("RIFF").u32le(static_cast<std::uint32_t>(body.bytes.size())).append(body.bytes).bytes;
}

}  // namespace

std::vector<TestPicture> profile_pictures() {
  const FileBytes p3 = display_p3_profile(), adobe = adobe_rgb_profile();
  const FileBytes prophoto = write_icc({kProPhotoColorants, icc_gamma(1.8)});
  const FileBytes rec2020 =
      write_icc({kRec2020Colorants, icc_parametric(3, {1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081})});
  const cv::Mat rgb = paint(96, 64, 21), small = paint(9, 7, 22);
  return {{"profile/adobe-rgb.jpg", jpeg(rgb, adobe), rgb},
          {"profile/display-p3-progressive.jpg", jpeg(rgb, p3, true), rgb},
          {"profile/display-p3-small.jpg", jpeg(small, p3), small},
          {"profile/display-p3-small.psd", psd(small, p3), small},
          {"profile/display-p3-small.webp", webp(small, p3), small},
          {"profile/display-p3.jpg", jpeg(rgb, p3), rgb},
          {"profile/display-p3.png", png(rgb, p3), rgb},
          {"profile/display-p3.psd", psd(rgb, p3), rgb},
          {"profile/display-p3.webp", webp(rgb, p3), rgb},
          {"profile/prophoto-small.png", png(small, prophoto), small},
          {"profile/prophoto.jpg", jpeg(rgb, prophoto), rgb},
          {"profile/rec-2020.webp", webp(rgb, rec2020), rgb},
          {"profile/srgb-parametric.jpg", jpeg(rgb, write_icc({kSrgbColorants, srgb_curve()})), rgb},
          {"profile/srgb-table.png", png(rgb, write_icc({kSrgbColorants, srgb_table(1024)})), rgb}};
}

}  // namespace catdog
