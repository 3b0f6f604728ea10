// How long the core takes from JPEG to tensor, against bare libjpeg-turbo decoding at the same scale. Compiled natively
// or to WebAssembly; both in turn on each photo, medians over all photos, as JSON.
//
// usage: bench_core SIZE PHOTO.jpg…
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include <jpeglib.h>

#include "catdog/photo/preprocess.h"

namespace {

constexpr int kRounds = 9;  // of each photo; the first two warm up

// The least that a decoder has to do: the smallest scale that covers, straight into one buffer.
void decode_bare(catdog::Bytes file, int cover, std::vector<unsigned char>& pixels) {
  jpeg_decompress_struct info;
  jpeg_error_mgr handlers;
  info.err = jpeg_std_error(&handlers);
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, file.data, static_cast<unsigned long>(file.size));
  jpeg_read_header(&info, TRUE);
  const unsigned shorter = std::min(info.image_width, info.image_height);
  info.scale_num = 1;
  info.scale_denom = 8;
  while (info.scale_num < 8 && (shorter * info.scale_num + 7) / 8 < static_cast<unsigned>(cover)) ++info.scale_num;
  info.out_color_space = JCS_RGB;
  info.dct_method = JDCT_ISLOW;
  jpeg_start_decompress(&info);
  const std::size_t row_bytes = std::size_t{3} * info.output_width;
  pixels.resize(row_bytes * info.output_height);
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = pixels.data() + row_bytes * info.output_scanline;
    jpeg_read_scanlines(&info, &row, 1);
  }
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
}

double milliseconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const int size = std::stoi(argv[1]);
  std::vector<double> bare, core, ratios;
  std::vector<unsigned char> pixels;
  std::vector<float> tensor(static_cast<std::size_t>(3) * size * size);
  for (int i = 2; i < argc; ++i) {
    std::ifstream stream(argv[i], std::ios::binary);
    const std::vector<char> bytes((std::istreambuf_iterator<char>(stream)), {});
    const catdog::Bytes file{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
    if (catdog::sniff_format(file) != catdog::Format::kJpeg || !catdog::preprocess(file, size)) {
      std::fprintf(stderr, "%s: expected a JPEG picture, found none\n", argv[i]);
      return 1;
    }
    std::vector<double> bare_times, core_times;
    for (int round = 0; round < kRounds; ++round) {
      const double without = milliseconds([&] { decode_bare(file, size, pixels); });
      const double with =
          milliseconds([&] { catdog::to_tensor(catdog::preprocess(file, size)->picture, tensor.data()); });
      if (round < 2) continue;
      bare_times.push_back(without);
      core_times.push_back(with);
    }
    bare.push_back(median(bare_times));
    core.push_back(median(core_times));
    ratios.push_back(core.back() / bare.back());
  }
  std::printf("{\"photos\": %d, \"bare_ms\": %.4f, \"core_ms\": %.4f, \"ratio\": %.3f}\n", argc - 2, median(bare),
              median(core), median(ratios));
}
