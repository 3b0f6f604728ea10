#include "support/heif_writer.h"

#include <libheif/heif.h>

#include <cstring>
#include <memory>
#include <stdexcept>

// LeakSanitizer's own hook: the encoder x265 keeps some memory for ever, which is not ours to mend.
extern "C" const char* __lsan_default_suppressions() { return "leak:libx265\n"; }

namespace catdog {
namespace {

void check(const heif_error& error) {
  if (error.code != heif_error_Ok) throw std::runtime_error(error.message);
}

heif_error append(heif_context*, const void* data, std::size_t size, void* out) {
  const auto* bytes = static_cast<const std::uint8_t*>(data);
  auto& all = *static_cast<std::vector<std::uint8_t>*>(out);
  all.insert(all.end(), bytes, bytes + size);
  return {heif_error_Ok, heif_suberror_Unspecified, ""};
}

template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

Owned<heif_image> to_heif(const cv::Mat& rgba) {
  heif_image* image = nullptr;
  check(heif_image_create(rgba.cols, rgba.rows, heif_colorspace_RGB, heif_chroma_interleaved_RGBA, &image));
  Owned<heif_image> owned(image, [](heif_image* i) { heif_image_release(i); });
  check(heif_image_add_plane(image, heif_channel_interleaved, rgba.cols, rgba.rows, 8));
  int stride = 0;
  std::uint8_t* rows = heif_image_get_plane(image, heif_channel_interleaved, &stride);
  for (int y = 0; y < rgba.rows; ++y) {
    std::memcpy(rows + static_cast<std::size_t>(y) * stride, rgba.ptr(y), std::size_t{4} * rgba.cols);
  }
  return owned;
}

}  // namespace

std::vector<std::uint8_t> write_heif(const cv::Mat& rgba, HeifKind kind, int orientation,
                                     const std::vector<std::uint8_t>& icc) {
  const auto format = kind == HeifKind::kAvif ? heif_compression_AV1 : heif_compression_HEVC;
  if (!heif_have_encoder_for_format(format)) return {};
  const Owned<heif_context> context(heif_context_alloc(), heif_context_free);
  heif_encoder* encoder = nullptr;
  check(heif_context_get_encoder_for_format(context.get(), format, &encoder));
  const Owned<heif_encoder> owned_encoder(encoder, heif_encoder_release);
  check(heif_encoder_set_lossy_quality(encoder, 95));
  heif_encoder_set_parameter_string(encoder, "chroma", "444");
  const Owned<heif_encoding_options> options(heif_encoding_options_alloc(), heif_encoding_options_free);
  options->image_orientation = static_cast<heif_orientation>(orientation);
  const auto image = to_heif(rgba);
  if (!icc.empty()) check(heif_image_set_raw_color_profile(image.get(), "prof", icc.data(), icc.size()));
  check(heif_context_encode_image(context.get(), image.get(), encoder, options.get(), nullptr));
  std::vector<std::uint8_t> bytes;
  heif_writer writer{1, append};
  check(heif_context_write(context.get(), &writer, &bytes));
  return bytes;
}

}  // namespace catdog
