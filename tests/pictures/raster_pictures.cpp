// BMP, GIF, PSD and TGA of all the kinds that photos come in.
#include <cmath>

#include "pictures/painter.h"
#include "pictures/raster_writers.h"
#include "pictures/test_pictures.h"

namespace catdog {
namespace {

std::vector<cv::Vec3b> make_palette(int count) {
  std::vector<cv::Vec3b> palette;
  for (int i = 0; i < count; ++i) {
    palette.emplace_back(static_cast<uchar>(i * 255 / count), static_cast<uchar>(255 - i * 97 % 256),
                         static_cast<uchar>(i * 53 % 256));
  }
  return palette;
}

cv::Mat paint_indices(int width, int height, int count) {
  cv::Mat indices(height, width, CV_8U);
  const cv::Mat painted = paint(width, height, static_cast<unsigned>(count));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x)
      indices.at<uchar>(y, x) = static_cast<uchar>(painted.at<cv::Vec3b>(y, x)[1] % count);
  }
  return indices;
}

cv::Mat looked_up(const cv::Mat& indices, const std::vector<cv::Vec3b>& palette, int transparent = -1) {
  cv::Mat out(indices.size(), CV_8UC3);
  for (int y = 0; y < indices.rows; ++y) {
    for (int x = 0; x < indices.cols; ++x) {
      const int index = indices.at<uchar>(y, x);
      out.at<cv::Vec3b>(y, x) = index == transparent ? cv::Vec3b::all(255) : palette[index];
    }
  }
  return out;
}

// What is left of a channel stored in fewer bits, stretched to 0-255 again.
uchar requantised(uchar value, int bits) {
  const int most = (1 << bits) - 1;
  return static_cast<uchar>((value >> (8 - bits)) * 255 / most);
}

cv::Mat requantised(const cv::Mat& colours, int red, int green, int blue) {
  cv::Mat out = colours.clone();
  for (auto pixel = out.begin<cv::Vec3b>(); pixel != out.end<cv::Vec3b>(); ++pixel) {
    *pixel = cv::Vec3b(requantised((*pixel)[0], red), requantised((*pixel)[1], green), requantised((*pixel)[2], blue));
  }
  return out;
}

cv::Mat with_alpha(const cv::Mat& colours, const cv::Mat& alpha) {
  cv::Mat planes[4], out;
  cv::split(colours, planes);
  planes[3] = alpha;
  cv::merge(planes, 4, out);
  return out;
}

void add_bmp(std::vector<TestPicture>& out) {
  constexpr double kStretched = 1;  // five bits may be stretched to eight by division or by repeating them
  const auto add = [&](const std::string& name, const FileBytes& bytes, const cv::Mat& truth, double error = 0) {
    out.push_back({"bmp/" + name + ".bmp", bytes, truth, error});
  };
  const cv::Mat photo = paint(53, 37, 1), alpha = paint_alpha(53, 37);
  for (const int bits : {1, 4, 8}) {
    const auto palette = make_palette(1 << bits);
    const cv::Mat indices = paint_indices(53, 37, 1 << bits);
    BmpKind kind;
    kind.bits = bits;
    add("palette-" + std::to_string(bits), write_bmp(indices, kind, palette), looked_up(indices, palette));
  }
  for (const bool bottom_up : {true, false}) {
    const std::string end = bottom_up ? "" : "-top-down";
    add("24" + end, write_bmp(photo, {24, bottom_up, false, false}), photo);
    add("32" + end, write_bmp(photo, {32, bottom_up, false, false}), photo);
    add("32-alpha" + end, write_bmp(with_alpha(photo, alpha), {32, bottom_up, true, false}), over_white(photo, alpha));
    add("555" + end, write_bmp(photo, {16, bottom_up, false, false}), requantised(photo, 5, 5, 5), kStretched);
    add("565" + end, write_bmp(photo, {16, bottom_up, true, false}), requantised(photo, 5, 6, 5), kStretched);
  }
  add("24-old-header", write_bmp(photo, {24, true, false, true}), photo);
  add("reserved", write_bmp(photo, {24, true, false, false, 0xC0FFEE}), photo);
  for (const int bits : {8, 4}) {
    const auto palette = make_palette(1 << bits);
    cv::Mat indices = paint_indices(53, 37, 1 << bits);
    indices.colRange(5, 25).setTo(3);  // runs
    const std::string name = "run-length-" + std::to_string(bits);
    add(name, write_run_length_bmp(indices, bits, palette), looked_up(indices, palette));
    cv::Mat truth = looked_up(indices, palette);
    truth.colRange(10, 20).setTo(cv::Scalar::all(255));  // what is not said is transparent
    add(name + "-with-holes", write_run_length_bmp(indices, bits, palette, 10, 20), truth);
  }
  for (const auto& [width, height] : {std::pair(1, 1), std::pair(2, 3), std::pair(400, 1), std::pair(1, 400)}) {
    const cv::Mat odd = paint(width, height, 3);
    add("size-" + std::to_string(width) + "x" + std::to_string(height), write_bmp(odd, {}), odd);
  }
}

void add_gif(std::vector<TestPicture>& out) {
  const auto palette = make_palette(256);
  const cv::Mat indices = paint_indices(47, 29, 256), truth = looked_up(indices, palette);
  const auto add = [&](const std::string& name, const GifKind& kind, const cv::Mat& shown) {
    out.push_back({"gif/" + name + ".gif", write_gif(indices, kind, palette), shown});
  };
  GifKind kind;
  add("plain", kind, truth);
  kind.interlaced = true;
  add("interlaced", kind, truth);
  kind = {};
  kind.local_palette = true;
  add("local-palette", kind, truth);
  kind = {};
  kind.second_frame = true;
  add("animated", kind, truth);
  kind = {};
  kind.transparent = indices.at<uchar>(10, 20);
  add("transparent", kind, looked_up(indices, palette, kind.transparent));
  kind = {};
  kind.left = 5, kind.top = 3, kind.canvas_width = 60, kind.canvas_height = 40;
  kind.transparent = indices.at<uchar>(10, 20);
  cv::Mat canvas(kind.canvas_height, kind.canvas_width, CV_8UC3, cv::Scalar::all(255));
  looked_up(indices, palette, kind.transparent).copyTo(canvas(cv::Rect(5, 3, indices.cols, indices.rows)));
  add("frame-within-canvas", kind, canvas);
  const cv::Mat one(1, 1, CV_8U, cv::Scalar(77));
  out.push_back({"gif/size-1x1.gif", write_gif(one, {}, palette), looked_up(one, palette)});
}

void add_psd(std::vector<TestPicture>& out) {
  const cv::Mat photo = paint(45, 31, 2);
  for (const int depth : {8, 16}) {
    out.push_back({"psd/rgb-" + std::to_string(depth) + ".psd", write_psd(photo, {depth, false}), photo});
  }
  cv::Mat flat(31, 45, CV_8UC3, cv::Scalar(10, 200, 90));
  photo(cv::Rect(0, 0, 20, 31)).copyTo(flat(cv::Rect(0, 0, 20, 31)));
  out.push_back({"psd/rgb-8-packed.psd", write_psd(flat, {8, true}), flat});
  // Photoshop stores colours already mixed with white: what lies under the transparent parts does not show.
  const cv::Mat alpha = paint_alpha(45, 31), mixed = over_white(photo, alpha);
  out.push_back({"psd/rgba-8.psd", write_psd(with_alpha(mixed, alpha), {8, false}), mixed});
  out.push_back({"psd/rgba-16-packed.psd", write_psd(with_alpha(mixed, alpha), {16, true}), mixed});
  cv::Mat grey, shown_grey;
  cv::extractChannel(photo, grey, 1);
  cv::merge(std::vector<cv::Mat>{grey, grey, grey}, shown_grey);
  out.push_back({"psd/grey-8.psd", write_psd(grey, {8, false}), shown_grey});
}

// Where black is K of 255 and a colour C, white paper keeps C * K / 255.
void add_cmyk(std::vector<TestPicture>& out) {
  const cv::Mat inks = paint(45, 31, 6), black = paint_alpha(45, 31);
  cv::Mat truth(inks.size(), CV_8UC3);
  for (int y = 0; y < inks.rows; ++y) {
    for (int x = 0; x < inks.cols; ++x) {
      for (int c = 0; c < 3; ++c) {
        truth.at<cv::Vec3b>(y, x)[c] =
            static_cast<uchar>(std::lround(inks.at<cv::Vec3b>(y, x)[c] * black.at<uchar>(y, x) / 255.0));
      }
    }
  }
  for (const int depth : {8, 16}) {
    for (const bool large : {false, true}) {
      PsdKind kind{depth, large, true, large};
      out.push_back({"psd/cmyk-" + std::to_string(depth) + (large ? "-packed.psb" : ".psd"),
                     write_psd(with_alpha(inks, black), kind), truth});
    }
  }
  out.push_back({"psd/rgb-8.psb", write_psd(inks, {8, false, false, true}), inks});
}

void add_tga(std::vector<TestPicture>& out) {
  const auto palette = make_palette(256);
  const cv::Mat photo = paint(41, 27, 4), indices = paint_indices(41, 27, 256), alpha = paint_alpha(41, 27);
  cv::Mat grey, shown_grey;
  cv::extractChannel(photo, grey, 1);
  cv::merge(std::vector<cv::Mat>{grey, grey, grey}, shown_grey);
  for (const bool packed : {false, true}) {
    for (const bool top_down : {false, true}) {
      const std::string end = std::string(packed ? "-packed" : "") + (top_down ? "-top-down" : "") + ".tga";
      out.push_back({"tga/grey" + end, write_tga(grey, {8, packed, top_down, 0}), shown_grey});
      out.push_back(
          {"tga/palette" + end, write_tga(indices, {8, packed, top_down, 0}, palette), looked_up(indices, palette)});
      out.push_back({"tga/16" + end, write_tga(photo, {16, packed, top_down, 0}), requantised(photo, 5, 5, 5)});
      out.push_back({"tga/24" + end, write_tga(photo, {24, packed, top_down, 9}), photo});
      out.push_back(
          {"tga/32" + end, write_tga(with_alpha(photo, alpha), {32, packed, top_down, 0}), over_white(photo, alpha)});
    }
  }
  cv::Mat mirrored;
  cv::flip(photo, mirrored, 1);
  out.push_back({"tga/24-right-to-left.tga", write_tga(mirrored, {24, false, true, 0, true}), photo});
  const cv::Mat flat(50, 300, CV_8UC3, cv::Scalar(1, 2, 3));
  out.push_back({"tga/one-colour-packed.tga", write_tga(flat, {24, true, false, 0}), flat});
}

}  // namespace

std::vector<TestPicture> raster_pictures() {
  std::vector<TestPicture> out;
  add_bmp(out);
  add_gif(out);
  add_psd(out);
  add_cmyk(out);
  add_tga(out);
  return out;
}

}  // namespace catdog
