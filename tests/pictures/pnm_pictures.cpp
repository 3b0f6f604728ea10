// PNM: P5 and P6, of 8 and 16 bits, with all that its loose text header allows.
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

}  // namespace

std::vector<TestPicture> pnm_pictures() {
  return {pnm("grey-8", 39, 23, false, 255, "P5\n39 23\n255\n"),
          pnm("grey-16", 39, 23, false, 65535, "P5\n39 23\n65535\n"),
          pnm("rgb-8", 39, 23, true, 255, "P6\n39 23\n255\n"),
          pnm("rgb-16", 39, 23, true, 65535, "P6 39 23 65535 "),
          pnm("rgb-white-is-100", 39, 23, true, 100, "P6\n39 23\n100\n"),
          pnm("grey-white-is-1", 39, 23, false, 1, "P5\n39 23\n1\n"),
          pnm("comments", 39, 23, true, 255, "P6 # one\n# two\n39#three\n 23\t\r\n# four\n255\n"),
          pnm("size-1x1", 1, 1, true, 255, "P6\n1 1\n255\n"),
          pnm("size-500x2", 500, 2, false, 255, "P5\n500\n2\n255\n")};
}

}  // namespace catdog
