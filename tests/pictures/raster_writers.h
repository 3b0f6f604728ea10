// BMP, GIF, PSD and TGA by hand: no library at hand writes the kinds that photos come in.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <vector>

namespace catdog {

// `colours`: 8-bit RGB (or RGB and alpha where a kind has it); or, with a palette, 8-bit indices.

struct BmpKind {
  int bits = 24;  // 1, 4, 8: palette; 16; 24; 32
  bool bottom_up = true;
  bool bit_fields = false;  // 16: 5-6-5 instead of 5-5-5; 32: with alpha
  bool old_header = false;  // of OS/2
  unsigned reserved = 0;    // the four bytes that mean nothing
};
std::vector<std::uint8_t> write_bmp(const cv::Mat& colours, const BmpKind& kind,
                                    const std::vector<cv::Vec3b>& palette = {});

// Run-length coded in 8 or 4 bits; `from`, `to`: columns that are left out of every row by moving over them.
std::vector<std::uint8_t> write_run_length_bmp(const cv::Mat& indices, int bits, const std::vector<cv::Vec3b>& palette,
                                               int from = 0, int to = 0);

struct GifKind {
  bool interlaced = false;
  int transparent = -1;                                        // index
  int left = 0, top = 0, canvas_width = 0, canvas_height = 0;  // a canvas larger than the frame; 0: as the frame
  bool second_frame = false;
  bool local_palette = false;
};
std::vector<std::uint8_t> write_gif(const cv::Mat& indices, const GifKind& kind, const std::vector<cv::Vec3b>& palette);

struct PsdKind {
  int depth = 8;  // or 16
  bool packed = false;
  bool cmyk = false;                   // of four channels: C, M, Y, K as they are stored, 255 for no ink
  bool large = false;                  // PSB
  std::vector<std::uint8_t> icc = {};  // a colour profile, behind another resource
};
std::vector<std::uint8_t> write_psd(const cv::Mat& colours, const PsdKind& kind);

struct TgaKind {
  int bits = 24;  // 8: grey or palette; 15, 16, 24, 32
  bool packed = false;
  bool top_down = false;
  int identification = 0;  // bytes of it
  bool right_to_left = false;
};
std::vector<std::uint8_t> write_tga(const cv::Mat& colours, const TgaKind& kind,
                                    const std::vector<cv::Vec3b>& palette = {});

}  // namespace catdog
