// libFuzzer: any bytes through the core, from sniffing to tensor. Under AddressSanitizer and
// UndefinedBehaviorSanitizer.
#include <cstdlib>
#include <vector>

#include "catdog/model/csv.h"
#include "catdog/photo/orientation.h"
#include "catdog/photo/preprocess.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr int kSize = 16;
  const catdog::Bytes file{data, size};
  const int orientation = catdog::exif_orientation(file);
  if (orientation < 1 || orientation > 8) std::abort();
  // Of formats that the platform decodes, too; preprocess() comes to those that it decodes itself.
  const catdog::ToSrgb to_srgb = catdog::ToSrgb::of_file(file);
  catdog::Image levels = catdog::Image::of_size(256, 1);
  if (!levels.pixels) std::abort();
  for (int i = 0; i < 3 * 256; ++i) levels.pixels[i] = static_cast<std::uint8_t>(i);
  to_srgb.apply(levels);
  const auto result = catdog::preprocess(file, kSize);
  catdog::Row row;
  row.path.assign(reinterpret_cast<const char*>(data), size < 100 ? size : 100);
  if (result) {
    if (result->width < 1 || result->height < 1 || !result->picture.pixels) std::abort();
    std::vector<float> tensor(3 * kSize * kSize);
    catdog::to_tensor(result->picture, tensor.data());
    for (const float value : tensor) {
      if (!(value >= 0 && value <= 1)) std::abort();
    }
  } else {
    if (result.error().message.empty()) std::abort();
    row.error = result.error().message;
  }
  if (catdog::csv_row(row, {"a", "b"}).size() < 10) std::abort();
  return 0;
}
