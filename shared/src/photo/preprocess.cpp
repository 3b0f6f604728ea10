#include "catdog/photo/preprocess.h"

#include <array>
#include <new>
#include <utility>

#include "catdog/photo/orientation.h"
#include "catdog/photo/resize.h"

namespace catdog {
namespace {

Result<Preprocessed> squeeze(Decoded decoded, int size) {
  auto picture = resize_area(decoded.image, size, size);
  if (!picture) return picture.error();
  decoded.to_srgb.apply(*picture);  // of the few pixels that are left
  return Preprocessed{std::move(*picture), decoded.width, decoded.height, decoded.format, std::move(decoded.warning)};
}

Error out_of_memory() { return {Problem::kNoMemory, "expected memory to read the picture, found none"}; }

}  // namespace

Result<Preprocessed> preprocess(Bytes file, int size) {
  try {
    auto decoded = decode(file, size);
    if (!decoded) return decoded.error();
    return squeeze(std::move(*decoded), size);
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  }
}

Result<Preprocessed> preprocess_rgba(const std::uint8_t* rgba, int width, int height, Format format, int size,
                                     ToSrgb to_srgb) {
  try {
    auto image = from_rgba(rgba, width, height);
    if (!image) return image.error();
    return squeeze({std::move(*image), width, height, format, std::move(to_srgb), {}}, size);
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  }
}

Result<Preprocessed> preprocess_stored(Decoded stored, int orientation, int size) {
  if (swaps_sides(orientation)) std::swap(stored.width, stored.height);
  auto image = upright(std::move(stored.image), orientation);
  if (!image) return image.error();
  stored.image = std::move(*image);
  return squeeze(std::move(stored), size);
}

void to_tensor(const Image& picture, float* tensor) {
  // A true division, rounded the same way everywhere; of only 256 values, so once each.
  std::array<float, 256> scaled;
  for (int value = 0; value < 256; ++value) scaled[value] = static_cast<float>(value) / 255.0f;
  const std::size_t plane = static_cast<std::size_t>(picture.width) * picture.height;
  const std::uint8_t* pixel = picture.pixels.get();
  for (std::size_t i = 0; i < plane; ++i, pixel += 3) {
    tensor[i] = scaled[pixel[0]];
    tensor[plane + i] = scaled[pixel[1]];
    tensor[2 * plane + i] = scaled[pixel[2]];
  }
}

}  // namespace catdog
