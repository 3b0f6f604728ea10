// AVIF and HEIC by libheif (with libde265, dav1d and libaom behind it).
#include <libheif/heif.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "catdog/photo/limits.h"
#include "support/platform_decoders.h"

namespace catdog {
namespace {

template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

// What libheif complains of, for messages.
std::string text_of(const heif_error& error) {
  std::string said = error.message ? error.message : "";
  while (!said.empty() && (said.back() == '\n' || said.back() == ' ')) said.pop_back();
  return "damage or an unsupported kind" + (said.empty() ? said : " (" + said + ")");
}

// The core wants colours that alpha is not multiplied into.
void undo_premultiplication(std::vector<std::uint8_t>& rgba) {
  for (std::size_t i = 0; i < rgba.size(); i += 4) {
    const int alpha = rgba[i + 3];
    if (alpha == 0 || alpha == 255) continue;
    for (std::size_t c = i; c < i + 3; ++c) {
      rgba[c] = static_cast<std::uint8_t>(std::min(255, (rgba[c] * 255 + alpha / 2) / alpha));
    }
  }
}

}  // namespace

Result<Preprocessed> preprocess_heif(Bytes file, Format format, int size) {
  const Owned<heif_context> context(heif_context_alloc(), heif_context_free);
  if (!context) return Error{Problem::kNoMemory, "expected memory to read the picture, found none"};
  heif_context_set_max_decoding_threads(context.get(), 0);
  if (const heif_error failed =
          heif_context_read_from_memory_without_copy(context.get(), file.data, file.size, nullptr);
      failed.code != heif_error_Ok) {
    return unsound(format, text_of(failed));
  }
  heif_image_handle* primary = nullptr;
  const heif_error no_primary = heif_context_get_primary_image_handle(context.get(), &primary);
  const Owned<heif_image_handle> handle(primary, [](heif_image_handle* h) { heif_image_handle_release(h); });
  if (no_primary.code != heif_error_Ok) return unsound(format, text_of(no_primary));
  const int promised_width = heif_image_handle_get_width(primary);
  const int promised_height = heif_image_handle_get_height(primary);
  if (promised_width < 0 || promised_height < 0) return unsound(format, "a size below 0");
  if (auto sound = check_size(promised_width, promised_height, kMaxWholePixels); !sound) return sound.error();

  heif_image* decoded = nullptr;
  const heif_error undecodable =
      heif_decode_image(primary, &decoded, heif_colorspace_RGB, heif_chroma_interleaved_RGBA, nullptr);
  const Owned<heif_image> image(decoded, [](heif_image* i) { heif_image_release(i); });
  if (undecodable.code != heif_error_Ok) return unsound(format, text_of(undecodable));

  // The decoder's word, not the header's: what a file promises and what it holds may differ.
  const int width = heif_image_get_width(decoded, heif_channel_interleaved);
  const int height = heif_image_get_height(decoded, heif_channel_interleaved);
  int stride = 0;
  const std::uint8_t* rows = heif_image_get_plane_readonly(decoded, heif_channel_interleaved, &stride);
  if (!rows || width < 1 || height < 1 || stride < 4 * width) return unsound(format, "no pixels in it");
  if (auto sound = check_size(width, height, kMaxWholePixels); !sound) return sound.error();
  // Some writers promise the sides as they are before the picture is turned, others as they are behind it.
  const bool as_promised =
      (width == promised_width && height == promised_height) || (width == promised_height && height == promised_width);
  if (!as_promised) {
    return unsound(format, "contradictory sizes (" + std::to_string(promised_width) + "×" +
                               std::to_string(promised_height) + " promised, " + std::to_string(width) + "×" +
                               std::to_string(height) + " pixels)");
  }
  std::vector<std::uint8_t> rgba(std::size_t{4} * width * height);
  for (int y = 0; y < height; ++y) {
    std::copy_n(rows + static_cast<std::size_t>(y) * stride, 4 * width, rgba.data() + std::size_t{4} * width * y);
  }
  if (heif_image_is_premultiplied_alpha(decoded)) undo_premultiplication(rgba);
  return preprocess_rgba(rgba.data(), width, height, format, size, ToSrgb::of_file(file));
}

}  // namespace catdog
