// How fast photos become small pictures: the core (as catdog-features uses it) against cv::imread and
// cv::resize(INTER_AREA) to the same size. Both from the file, on one thread, in turn on each photo; the time of each
// is the median of its rounds, the report their means and the median ratio, as JSON.
//
// usage: bench_features SIZE PHOTO…
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/decoder_child.h"
#include "support/files.h"
#include "support/photo.h"
#include "support/platform_decoders.h"

namespace {

constexpr int kRounds = 7;

void by_core(const std::string& photo, int size) {
  const auto bytes = catdog::read_file(photo);
  const auto read = catdog::preprocess_photo(catdog::view(bytes), size);
  if (!read) throw std::runtime_error(read.error().message);
}

void by_opencv(const std::string& photo, int size) {
  const cv::Mat whole = cv::imread(photo, cv::IMREAD_COLOR);
  if (whole.empty()) throw std::runtime_error("expected a photo that OpenCV reads, found another");
  cv::Mat small;
  cv::resize(whole, small, {size, size}, 0, 0, cv::INTER_AREA);
}

double milliseconds(void (*read)(const std::string&, int), const std::string& photo, int size) {
  const auto start = std::chrono::steady_clock::now();
  read(photo, size);
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  catdog::become_decoder_if_asked(argc, argv, catdog::decode_by_platform);
  const int size = argc > 1 ? std::atoi(argv[1]) : 0;
  const std::vector<std::string> photos(argv + std::min(argc, 2), argv + argc);
  if (size < 1 || photos.empty()) {
    std::fprintf(stderr, "usage: bench_features SIZE PHOTO…\n");
    return 2;
  }
  cv::setNumThreads(1);
  double core_total = 0, opencv_total = 0;
  std::vector<double> ratios;
  for (const std::string& photo : photos) {
    std::vector<double> core, opencv;
    try {
      for (int round = 0; round <= kRounds; ++round) {
        const double one = milliseconds(by_core, photo, size), other = milliseconds(by_opencv, photo, size);
        if (round == 0) continue;  // warms up
        core.push_back(one);
        opencv.push_back(other);
      }
    } catch (const std::exception& failure) {
      std::fprintf(stderr, "bench_features: %s: %s\n", photo.c_str(), failure.what());
      return 1;
    }
    core_total += median(core);
    opencv_total += median(opencv);
    ratios.push_back(median(opencv) / median(core));
  }
  const double count = static_cast<double>(photos.size());
  std::printf("{\"photos\": %zu, \"size\": %d, \"core_ms\": %.4f, \"opencv_ms\": %.4f, \"ratio\": %.3f}\n",
              photos.size(), size, core_total / count, opencv_total / count, median(ratios));
}
