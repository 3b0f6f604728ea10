#include "pictures/test_pictures.h"

#include <algorithm>
#include <iterator>

namespace catdog {

std::vector<TestPicture> sound_pictures() {
  std::vector<TestPicture> all;
  for (const auto make : {jpeg_pictures, png_pictures, pnm_pictures, raster_pictures}) {
    std::vector<TestPicture> some = make();
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  std::sort(all.begin(), all.end(), [](const TestPicture& a, const TestPicture& b) { return a.name < b.name; });
  return all;
}

}  // namespace catdog
