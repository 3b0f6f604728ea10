// PNG: every colour type and depth, plain and interlaced, with every kind of transparency.
#include <algorithm>

#include "pictures/byte_writer.h"
#include "pictures/exif_writer.h"
#include "pictures/painter.h"
#include "pictures/png_writer.h"
#include "pictures/test_pictures.h"

namespace catdog {
namespace {

struct Samples {
  std::vector<std::uint16_t> values;
  cv::Mat colours;  // 8-bit RGB that the samples stand for
  cv::Mat alpha;    // 8 bits
};

// A sample of 16 bits is told apart from its upper byte.
std::uint16_t deepen(int value, int depth, int x, int y) {
  return static_cast<std::uint16_t>(depth == 16 ? value << 8 | ((x * 37 + y * 11) & 255) : value >> (8 - depth));
}

uchar widen(std::uint16_t sample, int depth) {
  return static_cast<uchar>(depth == 16 ? sample >> 8 : sample * 255 / ((1 << depth) - 1));
}

Samples paint_samples(int width, int height, const PngKind& kind) {
  const cv::Mat painted = paint(width, height, static_cast<unsigned>(kind.colour_type * 100 + kind.depth));
  const cv::Mat alpha = paint_alpha(width, height);
  const bool colour = (kind.colour_type & PNG_COLOR_MASK_COLOR) != 0,
             has_alpha = (kind.colour_type & PNG_COLOR_MASK_ALPHA) != 0;
  const bool palette = kind.colour_type == PNG_COLOR_TYPE_PALETTE;
  Samples out{{}, cv::Mat(height, width, CV_8UC3), cv::Mat(height, width, CV_8U, cv::Scalar(255))};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const cv::Vec3b from = painted.at<cv::Vec3b>(y, x);
      cv::Vec3b& to = out.colours.at<cv::Vec3b>(y, x);
      if (palette) {
        const std::size_t index = (from[1] + x) % kind.palette.size();
        out.values.push_back(static_cast<std::uint16_t>(index));
        to = cv::Vec3b(kind.palette[index].red, kind.palette[index].green, kind.palette[index].blue);
        if (index < kind.palette_alpha.size()) out.alpha.at<uchar>(y, x) = kind.palette_alpha[index];
        continue;
      }
      for (int c = 0; c < (colour ? 3 : 1); ++c) {
        out.values.push_back(deepen(from[c], kind.depth, x, y));
        to[c] = widen(out.values.back(), kind.depth);
      }
      if (!colour) to[1] = to[2] = to[0];
      if (has_alpha) {
        out.values.push_back(deepen(alpha.at<uchar>(y, x), kind.depth, x, y));
        out.alpha.at<uchar>(y, x) = alpha.at<uchar>(y, x);
      }
    }
  }
  return out;
}

// Where a sample is the colour key, the picture is transparent.
void apply_colour_key(Samples& samples, const PngKind& kind) {
  const std::size_t channels = kind.transparent.size();
  for (std::size_t i = 0; i * channels < samples.values.size(); ++i) {
    if (std::equal(kind.transparent.begin(), kind.transparent.end(), samples.values.begin() + i * channels)) {
      samples.alpha.data[i] = 0;
    }
  }
}

TestPicture png(const std::string& name, int width, int height, PngKind kind, bool colour_key = false) {
  Samples samples = paint_samples(width, height, kind);
  if (colour_key) {
    const std::size_t channels = kind.colour_type == PNG_COLOR_TYPE_RGB ? 3 : 1;
    const auto middle = samples.values.begin() + samples.values.size() / channels / 2 * channels;
    kind.transparent.assign(middle, middle + channels);
    apply_colour_key(samples, kind);
  }
  return {"png/" + name + ".png", write_png(width, height, samples.values, kind),
          over_white(samples.colours, samples.alpha)};
}

std::vector<png_color> make_palette(int count) {
  std::vector<png_color> palette;
  for (int i = 0; i < count; ++i) {
    palette.push_back({static_cast<png_byte>(i * 255 / count), static_cast<png_byte>(255 - i * 97 % 256),
                       static_cast<png_byte>(i * 53 % 256)});
  }
  return palette;
}

void add_kinds(std::vector<TestPicture>& out, bool interlaced) {
  const std::string end = interlaced ? "-interlaced" : "";
  const auto plain = [&](const char* name, int type, int depth, bool colour_key) {
    const std::string kind = name + std::string("-") + std::to_string(depth);
    out.push_back(
        png(kind + (colour_key ? "-key" : "") + end, 61, 43, {type, depth, interlaced, {}, {}, {}, {}}, colour_key));
  };
  for (const bool colour_key : {false, true}) {
    for (const int depth : {1, 2, 4, 8, 16}) plain("grey", PNG_COLOR_TYPE_GRAY, depth, colour_key);
    for (const int depth : {8, 16}) plain("rgb", PNG_COLOR_TYPE_RGB, depth, colour_key);
  }
  for (const int depth : {8, 16}) plain("grey-alpha", PNG_COLOR_TYPE_GRAY_ALPHA, depth, false);
  for (const int depth : {8, 16}) plain("rgba", PNG_COLOR_TYPE_RGB_ALPHA, depth, false);
  for (const int depth : {1, 2, 4, 8}) {
    const auto palette = make_palette(1 << depth);
    const std::string name = "palette-" + std::to_string(depth);
    out.push_back(png(name + end, 61, 43, {PNG_COLOR_TYPE_PALETTE, depth, interlaced, palette, {}, {}, {}}));
    out.push_back(
        png(name + "-alpha" + end, 61, 43, {PNG_COLOR_TYPE_PALETTE, depth, interlaced, palette, {0, 100}, {}, {}}));
  }
}

// As Apple packs PNGs for iPhones: a chunk CgBI in front, data without zlib's header and sum, blue first, alpha
// multiplied into the colours.
TestPicture iphone_png() {
  const cv::Mat painted = paint(40, 30, 78), alpha = paint_alpha(40, 30);
  std::vector<std::uint16_t> samples;
  for (int i = 0; i < painted.rows * painted.cols; ++i) {
    const int opaque = alpha.data[i];
    for (const int c : {2, 1, 0})
      samples.push_back(static_cast<std::uint16_t>((painted.data[3 * i + c] * opaque + 127) / 255));
    samples.push_back(static_cast<std::uint16_t>(opaque));
  }
  PngKind kind;
  kind.colour_type = PNG_COLOR_TYPE_RGB_ALPHA;
  const FileBytes usual = write_png(40, 30, samples, kind);
  const std::string idat = "IDAT";
  constexpr long kHead = 33, kZlibHeader = 2, kZlibSum = 4, kChecksum = 4;  // kHead: signature and IHDR
  const auto data = std::search(usual.begin(), usual.end(), idat.begin(), idat.end());
  const long length = data[-4] << 24 | data[-3] << 16 | data[-2] << 8 | data[-1],
             packed = length - kZlibHeader - kZlibSum;
  ByteWriter out;
  out.append({usual.begin(), usual.begin() + 8}).u32be(4).text("CgBI").u32be(0x50002002).u32be(0x2BD5B37F);
  out.append({usual.begin() + 8, usual.begin() + kHead});
  out.u32be(static_cast<std::uint32_t>(packed)).text(idat);
  out.append({data + 4 + kZlibHeader, data + 4 + kZlibHeader + packed}).u32be(0);  // nobody looks at the checksum
  out.append({data + 4 + length + kChecksum, usual.end()});
  return {"png/iphone.png", out.bytes, over_white(painted, alpha), 1};
}

}  // namespace

std::vector<TestPicture> png_pictures() {
  std::vector<TestPicture> out;
  add_kinds(out, false);
  add_kinds(out, true);
  const std::pair<int, int> sizes[] = {{1, 1}, {1, 2},   {2, 1},   {3, 3},   {1, 300},  {300, 1},
                                       {7, 9}, {33, 31}, {640, 9}, {9, 640}, {127, 129}};
  for (const auto& [width, height] : sizes) {
    const std::string size = std::to_string(width) + "x" + std::to_string(height);
    out.push_back(png("size-" + size, width, height, {}));
    PngKind interlaced;
    interlaced.interlaced = true;
    out.push_back(png("size-" + size + "-interlaced", width, height, interlaced));
  }
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const cv::Mat truth = paint(50, 30, 77), stored = stored_for(truth, orientation);
    PngKind kind;
    kind.exif = exif(static_cast<std::uint32_t>(orientation), orientation % 2 ? ByteOrder::kBig : ByteOrder::kLittle);
    const std::vector<std::uint16_t> samples(stored.datastart, stored.dataend);
    out.push_back({"png/orientation-" + std::to_string(orientation) + ".png",
                   write_png(stored.cols, stored.rows, samples, kind), truth});
  }
  out.push_back(iphone_png());
  return out;
}

}  // namespace catdog
