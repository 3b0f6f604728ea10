// Writes a HEIC picture for the tests of the page: make_test_heic OUT.heic [ORIENTATION]. Exits 77 where libheif has no
// encoder for it.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "support/files.h"
#include "support/heif_writer.h"

namespace {

// libheif 1.15 writes the size after the turn where the format wants the one before it, and newer ones mind.
void swap_sizes(std::vector<std::uint8_t>& bytes) {
  constexpr char kSize[] = {'i', 's', 'p', 'e'};
  constexpr std::ptrdiff_t kWidth = 8, kHeight = 12;
  for (auto box = bytes.begin();; ++box) {
    box = std::search(box, bytes.end(), std::begin(kSize), std::end(kSize));
    if (box == bytes.end()) return;
    std::swap_ranges(box + kWidth, box + kHeight, box + kHeight);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  cv::Mat picture(200, 320, CV_8UC4);
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      const bool disc = std::hypot(x - 90, y - 70) < 50;
      picture.at<cv::Vec4b>(y, x) = disc ? cv::Vec4b(230, 120, 40, 255)
                                         : cv::Vec4b(static_cast<std::uint8_t>(x * 255 / 320), 160,
                                                     static_cast<std::uint8_t>(y * 255 / 200), 255);
    }
  }
  auto bytes = catdog::write_heif(picture, catdog::HeifKind::kHeic, argc > 2 ? std::atoi(argv[2]) : 1);
  if (bytes.empty()) return 77;
  if (argc > 2 && std::atoi(argv[2]) >= 5) swap_sizes(bytes);
  catdog::write_file(argv[1], {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}
