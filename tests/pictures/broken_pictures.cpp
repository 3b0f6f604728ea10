// Files that are damaged, contradictory, gigantic, of an unsupported kind, or no pictures at all.
#include <algorithm>

#include "pictures/byte_writer.h"
#include "pictures/exif_writer.h"
#include "pictures/jpeg_writer.h"
#include "pictures/painter.h"
#include "pictures/png_writer.h"
#include "pictures/raster_writers.h"
#include "pictures/test_pictures.h"

namespace catdog {
namespace {

FileBytes text(const std::string& text) { return {text.begin(), text.end()}; }

FileBytes cut(FileBytes bytes, std::size_t length) {
  bytes.resize(std::min(length, bytes.size()));
  return bytes;
}

// The bytes from `at` on become `with`.
FileBytes changed(FileBytes bytes, std::size_t at, const FileBytes& with) {
  std::copy(with.begin(), with.end(), bytes.begin() + at);
  return bytes;
}

std::size_t find(const FileBytes& bytes, const FileBytes& wanted) {
  return std::search(bytes.begin(), bytes.end(), wanted.begin(), wanted.end()) - bytes.begin();
}

FileBytes big_png_header(std::uint32_t width, std::uint32_t height, int depth = 8, int colours = 2,
                         bool interlaced = false) {
  ByteWriter out;
  out.text("\x89PNG\r\n\x1A\n")
      .u32be(13)
      .text("IHDR")
      .u32be(width)
      .u32be(height)
      .u8(static_cast<std::uint8_t>(depth))
      .u8(static_cast<std::uint8_t>(colours))
      .u8(0)
      .u8(0)
      .u8(interlaced)
      .u32be(0);
  return out.u32be(0).text("IDAT").u32be(0).u32be(0).text("IEND").u32be(0xAE426082).bytes;
}

void add_jpeg(std::vector<TestPicture>& out) {
  const cv::Mat photo = paint(90, 60, 8);
  const auto add = [&](const std::string& name, const FileBytes& bytes) {
    out.push_back({"broken/" + name + ".jpg", bytes, {}});
  };
  const FileBytes jpeg = write_jpeg(photo, {});
  JpegKind kind;
  kind.progressive = true;
  const FileBytes progressive = write_jpeg(photo, kind);
  for (const int percent : {2, 10, 50, 90, 99}) {
    add("truncated-at-" + std::to_string(percent), cut(jpeg, jpeg.size() * percent / 100));
    add("progressive-truncated-at-" + std::to_string(percent), cut(progressive, progressive.size() * percent / 100));
  }
  const std::size_t frame = find(jpeg, {0xFF, 0xC0}), scan = find(jpeg, {0xFF, 0xDA});
  add("no-scan", cut(jpeg, scan));
  add("magic-only", cut(jpeg, 3));
  add("zero-width", changed(jpeg, frame + 7, {0, 0}));
  add("zero-height", changed(jpeg, frame + 5, {0, 0}));
  add("giant", changed(jpeg, frame + 5, {0xFF, 0xDC, 0xFF, 0xDC}));
  add("12-bit", changed(jpeg, frame + 4, {12}));
  add("lossless", changed(jpeg, frame + 1, {0xC3}));
  add("two-components", changed(jpeg, frame + 9, {2}));
  add("sampling-0", changed(jpeg, frame + 11, {0}));
  add("fractional-sampling", changed(changed(jpeg, frame + 11, {0x32}), frame + 14, {0x21}));
  FileBytes noisy = jpeg;
  for (std::size_t i = scan + 20; i + 2 < noisy.size(); i += 7) noisy[i] = static_cast<std::uint8_t>(i * 31);
  add("noise-in-scan", noisy);
  FileBytes tables{0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0};  // each table reaches over the ones behind it
  const FileBytes table{0xFF, 0xC4, 0xFF, 0xFF, 0, 4};
  for (int i = 0; i < 50'000; ++i) {
    tables.insert(tables.end(), table.begin(), table.end());
    tables.resize(tables.size() + 15);
  }
  add("overlapping-tables", tables);
}

void add_png(std::vector<TestPicture>& out) {
  const cv::Mat photo = paint(90, 60, 8);
  const FileBytes png = write_png(90, 60, {photo.datastart, photo.dataend}, {});
  const auto add = [&](const std::string& name, const FileBytes& bytes) {
    out.push_back({"broken/" + name + ".png", bytes, {}});
  };
  for (const int percent : {1, 50, 99})
    add("truncated-at-" + std::to_string(percent), cut(png, png.size() * percent / 100));
  add("magic-only", cut(png, 8));
  add("colour-type-5", changed(png, 25, {5}));
  add("depth-3", changed(png, 24, {3}));
  add("zero-width", changed(png, 16, {0, 0, 0, 0}));
  add("damaged-data", changed(png, png.size() / 2, FileBytes(40, 0xA5)));
  add("endless-chunk", changed(png, 33, {0xFF, 0xFF, 0xFF, 0xFF}));
  add("giant-65535x65535", big_png_header(65535, 65535));
  add("giant-2147483647x1", big_png_header(2147483647, 1));
  add("giant-20000x20000", big_png_header(20000, 20000));
  add("giant-9000x8000-16-bit-with-alpha", big_png_header(9000, 8000, 16, 6));
  add("giant-9000x8000-interlaced-with-alpha", big_png_header(9000, 8000, 8, 6, true));
  add("empty-9000x9000", big_png_header(9000, 9000));
  add("empty-9000x8000-interlaced", big_png_header(9000, 8000, 8, 2, true));
}

void add_rasters(std::vector<TestPicture>& out) {
  const cv::Mat photo = paint(90, 60, 8);
  const auto add = [&](const std::string& name, const FileBytes& bytes) {
    out.push_back({"broken/" + name, bytes, {}});
  };
  const FileBytes bmp = write_bmp(photo, {}), psd = write_psd(photo, {}), tga = write_tga(photo, {});
  const cv::Mat indices(60, 90, CV_8U, cv::Scalar(3));
  const FileBytes gif = write_gif(indices, {}, std::vector<cv::Vec3b>(256, cv::Vec3b(9, 99, 200)));
  const FileBytes packed_tga = write_tga(photo, {24, true, false, 0}), packed_psd = write_psd(photo, {8, true});
  for (const auto& [name, bytes] : {std::pair("bmp", bmp), {"psd", psd}, {"tga", tga}, {"gif", gif}}) {
    for (const int percent : {1, 40, 98}) {
      add(std::string("truncated-at-") + std::to_string(percent) + '.' + name,
          cut(bytes, bytes.size() * percent / 100));
    }
  }
  add("packed-truncated.tga", cut(packed_tga, packed_tga.size() / 2));
  add("packed-truncated.psd", cut(packed_psd, packed_psd.size() / 2));
  add("giant.bmp", changed(bmp, 18, {0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F}));
  add("least-height.bmp", changed(bmp, 22, {0, 0, 0, 0x80}));
  add("run-length.bmp", changed(changed(bmp, 28, {8}), 30, {1}));
  add("offset-beyond-the-end.bmp", changed(bmp, 10, {0xFF, 0xFF, 0xFF, 0x7F}));
  add("lab.psd", changed(psd, 24, {0, 9}));
  add("giant.psd", changed(psd, 14, {0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF}));
  add("giant.gif", changed(gif, 6, {0xFF, 0xFF, 0xFF, 0xFF}));
  add("zero-canvas.gif", changed(gif, 6, {0, 0, 0, 0}));
  add("no-image.gif", cut(gif, 13 + 768));
  add("truncated.ppm", text("P6\n50 50\n255\nabc"));
  add("truncated-16.pgm", text("P5\n50 50\n65535\n" + std::string(2500, 'x')));
  add("no-pixels.ppm", text("P6\n50 50\n255\n"));
  add("no-size.ppm", text("P6\n# nothing but a comment"));
  add("white-is-0.pgm", text("P5\n2 2\n0\nabcd"));
  add("white-is-70000.pgm", text("P5\n2 2\n70000\nabcdabcd"));
  add("overflow.pgm", text("P5\n4294967297 99999999999999999999\n255\nabcd"));
  add("giant.pgm", text("P5\n60000 60000\n255\nabcd"));
  add("zero.pgm", text("P5\n0 5\n255\nabcd"));
}

void add_others(std::vector<TestPicture>& out) {
  const auto add = [&](const std::string& name, const FileBytes& bytes) {
    out.push_back({"broken/" + name, bytes, {}});
  };
  add("empty.jpg", {});
  add("one-byte.jpg", {0xFF});
  add("text.jpg", text("This is no picture, whatever its name says.\n"));
  add("begins-with-bm.bmp", text("BMW built this car; it is no picture."));
  add("begins-with-p5.pgm", text("P5 is the fifth part of the plan."));
  add("zip.png", text(std::string("PK\x03\x04\x14\0\0\0", 8)));
  add("document.pdf", text("%PDF-1.4\n%%EOF\n"));
  add("drawing.svg", text("<svg xmlns='http://www.w3.org/2000/svg'/>"));
  add("zeros.tga", FileBytes(5000, 0));
  FileBytes noise;
  std::uint32_t state = 1;
  for (int i = 0; i < 5000; ++i)
    noise.push_back(static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24));
  add("noise.bin", noise);
  add("header-only.webp", text(std::string("RIFF\x10\0\0\0WEBPVP8 ", 16)));
  add("header-only.tiff", text(std::string("II*\0\x08\0\0\0", 8)));
}

}  // namespace

std::vector<TestPicture> broken_pictures() {
  std::vector<TestPicture> all;
  add_jpeg(all);
  add_png(all);
  add_rasters(all);
  add_others(all);
  std::sort(all.begin(), all.end(), [](const TestPicture& a, const TestPicture& b) { return a.name < b.name; });
  return all;
}

}  // namespace catdog
