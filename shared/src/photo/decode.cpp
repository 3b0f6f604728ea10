#include "catdog/photo/decode.h"

#include <new>
#include <utility>

#include "catdog/photo/limits.h"
#include "catdog/photo/orientation.h"
#include "decoders.h"
#include "platform_checks.h"

namespace catdog {
namespace {

Result<Decoded> decode_stored(Bytes file, Format format, int cover) {
  if (format == Format::kPnm) return decode_pnm(file);
  if (format == Format::kPsd) return decode_psd(file);
  if (format == Format::kBmp && is_run_length_bmp(file)) return decode_bmp_rle(file);
  JpegWork work(file.size);
  if (format != Format::kJpeg) return decode_stb(file, format, work);
  auto decoded = decode_jpeg(file, cover, work);
  if (decoded || decoded.error().problem != Problem::kCorrupt) return decoded;
  auto second_try = decode_stb(file, format, work);
  return second_try ? std::move(second_try) : std::move(decoded);
}

// Line ends in front of a JPEG come from servers that put them before what they send; nobody else's file begins so.
Bytes without_line_ends(Bytes file) {
  std::size_t at = 0;
  while (at < file.size && at < 4 && (file.data[at] == '\r' || file.data[at] == '\n')) ++at;
  const Bytes rest{file.data + at, file.size - at};
  return at > 0 && sniff_format(rest) == Format::kJpeg ? rest : file;
}

std::optional<Error> check_for_platform(Bytes file, Format format) {
  if (format == Format::kHeic || format == Format::kAvif) return check_heif(file);
  if (format == Format::kWebp) return check_webp(file);
  return std::nullopt;
}

}  // namespace

Result<bool> check_size(std::uint64_t width, std::uint64_t height, std::uint64_t most_pixels) {
  const std::string found = ", found " + std::to_string(width) + "×" + std::to_string(height);
  if (width == 0 || height == 0) return Error{Problem::kCorrupt, "expected a picture of at least 1×1 pixels" + found};
  if (width > kMaxSide || height > kMaxSide) {
    return Error{Problem::kTooLarge, "expected sides of at most " + std::to_string(kMaxSide) + " pixels" + found};
  }
  if (width * height > most_pixels) {
    return Error{Problem::kTooLarge,
                 "expected at most " + std::to_string(most_pixels / 1'000'000) + " megapixels" + found};
  }
  return true;
}

Result<Decoded> decode(Bytes file, int cover) {
  if (file.size > kMaxFileBytes) {
    return Error{Problem::kTooLarge, "expected a file of at most " + std::to_string(kMaxFileBytes >> 20) +
                                         " MiB, found " + std::to_string(file.size >> 20) + " MiB"};
  }
  file = without_line_ends(file);
  const Format format = sniff_format(file);
  if (format == Format::kUnknown) {
    return Error{Problem::kNotAPicture,
                 "expected a picture (JPEG, PNG, GIF, BMP, WebP, …), found " + describe_bytes(file)};
  }
  try {
    if (!is_decoded_by_core(format)) {
      if (auto wrong = check_for_platform(file, format)) return std::move(*wrong);
      return Error{Problem::kNeedsPlatform,
                   std::string("expected a format that can be read here, found ") + format_name(format)};
    }
    auto decoded = decode_stored(file, format, cover);
    if (!decoded) return decoded;
    const int orientation = exif_orientation(file);
    if (swaps_sides(orientation)) std::swap(decoded->width, decoded->height);
    auto image = upright(std::move(decoded->image), orientation);
    if (!image) return image.error();
    decoded->image = std::move(*image);
    decoded->format = format;
    decoded->to_srgb = ToSrgb::of_file(file);
    return decoded;
  } catch (const std::bad_alloc&) {
    return Error{Problem::kNoMemory, "expected memory to decode the picture, found none"};
  }
}

Result<Image> from_rgba(const std::uint8_t* rgba, int width, int height) {
  if (width < 0 || height < 0) return Error{Problem::kCorrupt, "expected a width and height above 0, found less"};
  if (auto size = check_size(width, height, kMaxWholePixels); !size) return size.error();
  Image image = Image::of_size(width, height);
  if (!image.pixels) return Error{Problem::kNoMemory, "expected memory for the picture, found none"};
  const std::size_t count = static_cast<std::size_t>(width) * height;
  std::uint8_t* out = image.pixels.get();
  for (std::size_t i = 0; i < count; ++i, rgba += 4, out += 3) {
    const int alpha = rgba[3];
    for (int c = 0; c < 3; ++c) {  // over white, rounded
      out[c] = static_cast<std::uint8_t>((rgba[c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
  }
  return image;
}

}  // namespace catdog
