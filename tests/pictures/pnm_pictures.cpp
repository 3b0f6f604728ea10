// PNM: P1 to P7, of 1 to 16 bits, with all that its loose text header allows.
#include <cmath>

#include "pictures/byte_writer.h"
#include "pictures/painter.h"
#include "pictures/test_pictures.h"

namespace catdog {
namespace {

// `most`: the value of white. Samples are the painted levels, scaled to it.
TestPicture pnm(const std::string& name, int width, int height, bool colour, int most, const std::string& header) {
  const cv::Mat painted = paint(width, height, static_cast<unsigned>(most));
  cv::Mat truth(height, width, CV_8UC3);
  ByteWriter out;
  out.text(header);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) {
        const int level = painted.at<cv::Vec3b>(y, x)[colour ? c : 0];
        const int sample = most > 255 ? level << 8 | ((x * 37 + y * 11 + c) & 255) : level * most / 255;
        if (colour || c == 0)
          most > 255 ? out.u16be(static_cast<unsigned>(sample)) : out.u8(static_cast<unsigned>(sample));
        truth.at<cv::Vec3b>(y, x)[c] = static_cast<uchar>(most > 255 ? level : std::lround(sample * 255.0 / most));
        if (!colour) truth.at<cv::Vec3b>(y, x)[c] = truth.at<cv::Vec3b>(y, x)[0];
      }
    }
  }
  return {"pnm/" + name + (colour ? ".ppm" : ".pgm"), out.bytes, truth};
}

// P2 and P3: numbers as text.
TestPicture text_pnm(const std::string& name, bool colour, const std::string& header) {
  const cv::Mat painted = paint(39, 23, 5);
  cv::Mat truth(painted.size(), CV_8UC3);
  std::string text = header;
  for (int y = 0; y < painted.rows; ++y) {
    for (int x = 0; x < painted.cols; ++x) {
      for (int c = 0; c < 3; ++c) {
        const uchar level = painted.at<cv::Vec3b>(y, x)[colour ? c : 0];
        if (colour || c == 0) text += std::to_string(level) + (x % 7 == 6 ? " # a comment\n" : " ");
        truth.at<cv::Vec3b>(y, x)[c] = level;
      }
    }
  }
  return {"pnm/" + name, {text.begin(), text.end()}, truth};
}

// P1 and P4: 1 is black.
TestPicture bitmap(const std::string& name, bool packed, const std::string& space) {
  const cv::Mat painted = paint(39, 23, 6);
  cv::Mat truth(painted.size(), CV_8UC3);
  ByteWriter out;
  out.text(packed ? "P4\n39 23\n" : "P1\n39 23\n");
  for (int y = 0; y < painted.rows; ++y) {
    unsigned byte = 0;
    for (int x = 0; x < painted.cols; ++x) {
      const bool black = painted.at<cv::Vec3b>(y, x)[1] < 128;
      truth.at<cv::Vec3b>(y, x) = cv::Vec3b::all(black ? 0 : 255);
      if (!packed) out.text(black ? "1" : "0").text(space);
      byte = byte << 1 | (black ? 1u : 0u);
      if (packed && x % 8 == 7) out.u8(byte & 255);
    }
    if (packed) out.u8(byte << (8 - painted.cols % 8) & 255);
  }
  return {"pnm/" + name, out.bytes, truth};
}

// P7, of any number of channels.
TestPicture pam(const std::string& name, int channels, const std::string& type) {
  const cv::Mat painted = paint(39, 23, 7), alpha = paint_alpha(39, 23);
  const bool has_alpha = channels % 2 == 0, colour = channels > 2;
  cv::Mat shown = painted.clone();
  ByteWriter out;
  out.text("P7\n# a comment\nWIDTH 39\nHEIGHT 23\nDEPTH " + std::to_string(channels) + "\nMAXVAL 255\n" + type +
           "ENDHDR\n");
  for (int y = 0; y < painted.rows; ++y) {
    for (int x = 0; x < painted.cols; ++x) {
      cv::Vec3b& pixel = shown.at<cv::Vec3b>(y, x);
      if (!colour) pixel = cv::Vec3b::all(pixel[0]);
      for (int c = 0; c < (colour ? 3 : 1); ++c) out.u8(pixel[c]);
      if (has_alpha) out.u8(alpha.at<uchar>(y, x));
    }
  }
  return {"pnm/" + name + ".pam", out.bytes, has_alpha ? over_white(shown, alpha) : shown};
}

}  // namespace

std::vector<TestPicture> pnm_pictures() {
  return {pnm("grey-8", 39, 23, false, 255, "P5\n39 23\n255\n"),
          pnm("grey-16", 39, 23, false, 65535, "P5\n39 23\n65535\n"),
          pnm("rgb-8", 39, 23, true, 255, "P6\n39 23\n255\n"),
          pnm("rgb-16", 39, 23, true, 65535, "P6 39 23 65535 "),
          pnm("rgb-white-is-100", 39, 23, true, 100, "P6\n39 23\n100\n"),
          pnm("grey-white-is-1", 39, 23, false, 1, "P5\n39 23\n1\n"),
          pnm("comments", 39, 23, true, 255, "P6 # one\n# two\n39#three\n 23\t\r\n# four\n255\n"),
          text_pnm("text.pgm", false, "P2\n39 23\n255\n"),
          text_pnm("text.ppm", true, "P3 # of text\n39 23 255\n"),
          bitmap("text.pbm", false, " "),
          bitmap("text-without-space.pbm", false, ""),
          bitmap("packed.pbm", true, ""),
          pam("grey", 1, "TUPLTYPE GRAYSCALE\n"),
          pam("grey-alpha", 2, "TUPLTYPE GRAYSCALE_ALPHA\n"),
          pam("rgb", 3, ""),
          pam("rgb-alpha", 4, "TUPLTYPE RGB_ALPHA\n"),
          pnm("size-1x1", 1, 1, true, 255, "P6\n1 1\n255\n"),
          pnm("size-500x2", 500, 2, false, 255, "P5\n500\n2\n255\n")};
}

}  // namespace catdog
