// What happens to every photo before a network sees it: in training, in the native tool and in the browser.
#pragma once

#include <string>

#include "catdog/bytes.h"
#include "catdog/photo/decode.h"
#include "catdog/photo/image.h"
#include "catdog/photo/to_srgb.h"
#include "catdog/result.h"

namespace catdog {

// Changes whenever ordinary photos would give other numbers. Feature stores and model bundles carry it. It did not
// change when photos in other colours than sRGB came to be converted (see ToSrgb): all others kept their bits, and
// networks trained before see the colours now that they learned from.
inline constexpr int kPreprocessingVersion = 1;

struct Preprocessed {
  Image picture;  // size × size: the whole photo, squeezed to the square
  int width = 0;  // of the photo: upright, at full size
  int height = 0;
  Format format = Format::kUnknown;
  std::string warning;  // see Decoded
};

// decode → upright → resize → sRGB. `size` in pixels, at least 1.
Result<Preprocessed> preprocess(Bytes file, int size);

// The same for pixels that the platform decoded, see from_rgba. `to_srgb`: what their colours need still; nothing where
// the platform has converted them.
Result<Preprocessed> preprocess_rgba(const std::uint8_t* rgba, int width, int height, Format format, int size,
                                     ToSrgb to_srgb = {});

// The same for a picture as the platform decoded it, over white but not yet upright. `orientation`: see orientation.h.
Result<Preprocessed> preprocess_stored(Decoded stored, int orientation, int size);

// Writes the network's input: 3 × height × width floats (channel, row, column), values in [0, 1], RGB order.
void to_tensor(const Image& picture, float* tensor);

}  // namespace catdog
