// An RGB picture: 8 bits a channel, rows from top to bottom without padding, channels interleaved (R, G, B).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

namespace catdog {

struct FreeDeleter {
  void operator()(std::uint8_t* memory) const { std::free(memory); }
};
using PixelBuffer = std::unique_ptr<std::uint8_t[], FreeDeleter>;

// `size` bytes, or null where they cannot be had.
inline PixelBuffer allocate_pixels(std::size_t size) {
  return PixelBuffer(static_cast<std::uint8_t*>(std::malloc(size)));
}

struct Image {
  int width = 0;
  int height = 0;
  PixelBuffer pixels;  // width * height * 3 bytes; null where the memory could not be had

  static Image of_size(int width, int height) {
    return {width, height, allocate_pixels(std::size_t{3} * width * height)};
  }
  std::size_t row_bytes() const { return std::size_t{3} * width; }
  const std::uint8_t* row(int y) const { return pixels.get() + y * row_bytes(); }
  std::uint8_t* row(int y) { return pixels.get() + y * row_bytes(); }
};

}  // namespace catdog
