// JPEG 2000 by OpenJPEG.
#include <openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catdog/photo/decode.h"
#include "catdog/photo/limits.h"
#include "support/platform_decoders.h"

namespace catdog {
namespace {

constexpr Format kFormat = Format::kJpeg2000;
constexpr std::uint64_t kMostComponents = 8;

// OpenJPEG reserves memory for each component of each tile before anybody can ask for their number: it is read here,
// from the first marker of the codestream (SIZ; ISO/IEC 15444-1, A.5.1), which may lie in a box (I.4).
std::optional<std::uint64_t> count_components(Bytes file) {
  const auto number = [&](std::uint64_t at, int bytes) {
    std::uint64_t value = 0;
    for (int i = 0; i < bytes; ++i) value = value << 8 | (at + i < file.size ? file.data[at + i] : 0);
    return value;
  };
  std::uint64_t at = 0;
  while (number(at, 2) != 0xFF4F) {
    if (at + 8 > file.size) return std::nullopt;
    const std::uint64_t small = number(at, 4), head = small == 1 ? 16 : 8,
                        size = small == 1 ? number(at + 8, 8) : small;
    if (number(at + 4, 4) == 0x6A703263) {  // "jp2c"
      at += head;
      if (number(at, 2) != 0xFF4F) return std::nullopt;
      break;
    }
    if (size < head || size > file.size - at) return std::nullopt;
    at += size;
  }
  return number(at + 40, 2);
}

// What OpenJPEG reads from.
struct Source {
  Bytes file;
  std::size_t at = 0;

  static OPJ_SIZE_T read(void* out, OPJ_SIZE_T wanted, void* self) {
    auto& source = *static_cast<Source*>(self);
    const std::size_t count = std::min<std::size_t>(wanted, source.file.size - source.at);
    if (count == 0) return static_cast<OPJ_SIZE_T>(-1);
    std::memcpy(out, source.file.data + source.at, count);
    source.at += count;
    return count;
  }
  static OPJ_OFF_T skip(OPJ_OFF_T count, void* self) {
    auto& source = *static_cast<Source*>(self);
    if (count < 0) return -1;
    source.at += std::min<std::size_t>(static_cast<std::size_t>(count), source.file.size - source.at);
    return count;
  }
  static OPJ_BOOL seek(OPJ_OFF_T to, void* self) {
    auto& source = *static_cast<Source*>(self);
    if (to < 0 || static_cast<std::uint64_t>(to) > source.file.size) return OPJ_FALSE;
    source.at = static_cast<std::size_t>(to);
    return OPJ_TRUE;
  }
};

void hear(const char* text, void* complaint) {
  auto& said = *static_cast<std::string*>(complaint);
  said = text;
  while (!said.empty() && (said.back() == '\n' || said.back() == ' ')) said.pop_back();
}

using Picture = std::unique_ptr<opj_image_t, void (*)(opj_image_t*)>;

std::uint64_t sample_bytes(const opj_image_t& picture) {
  std::uint64_t bytes = 0;
  for (OPJ_UINT32 i = 0; i < picture.numcomps; ++i) {
    bytes += std::uint64_t{picture.comps[i].w} * picture.comps[i].h * sizeof(OPJ_INT32);
  }
  return bytes;
}

Result<Picture> decode_components(Bytes file) {
  const std::unique_ptr<opj_codec_t, void (*)(opj_codec_t*)> codec(
      opj_create_decompress(file.data[0] == 0xFF ? OPJ_CODEC_J2K : OPJ_CODEC_JP2), opj_destroy_codec);
  const std::unique_ptr<opj_stream_t, void (*)(opj_stream_t*)> stream(opj_stream_create(1 << 16, OPJ_TRUE),
                                                                      opj_stream_destroy);
  if (!codec || !stream) return Error{Problem::kNoMemory, "expected memory to read the picture, found none"};
  Source source{file};
  opj_stream_set_user_data(stream.get(), &source, nullptr);
  opj_stream_set_user_data_length(stream.get(), file.size);
  opj_stream_set_read_function(stream.get(), Source::read);
  opj_stream_set_skip_function(stream.get(), Source::skip);
  opj_stream_set_seek_function(stream.get(), Source::seek);
  std::string complaint = "damage";
  opj_set_error_handler(codec.get(), hear, &complaint);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);

  opj_image_t* read = nullptr;
  const bool has_header =
      opj_setup_decoder(codec.get(), &parameters) && opj_read_header(stream.get(), codec.get(), &read);
  Picture picture(read, opj_image_destroy);
  if (!has_header || !picture) return unsound(kFormat, complaint);
  // OpenJPEG's own word, before it decodes.
  if (picture->x1 <= picture->x0 || picture->y1 <= picture->y0) return unsound(kFormat, "no size in it");
  if (auto sound = check_size(picture->x1 - picture->x0, picture->y1 - picture->y0, kMaxWholePixels); !sound) {
    return sound.error();
  }
  if (const std::uint64_t bytes = sample_bytes(*picture); bytes > kMaxDecoderBytes) {
    return Error{Problem::kTooLarge, "expected a JPEG 2000 picture that unpacks to at most " +
                                         std::to_string(kMaxDecoderBytes >> 20) + " MiB, found " +
                                         std::to_string(bytes >> 20) + " MiB"};
  }
  if (!opj_decode(codec.get(), stream.get(), picture.get()) || !opj_end_decompress(codec.get(), stream.get())) {
    return unsound(kFormat, complaint);
  }
  return picture;
}

// One component at each pixel of the picture, as levels of 0 to 255.
class Levels {
 public:
  Levels(const opj_image_t& picture, const opj_image_comp_t& component)
      : component_(component), left_(picture.x0), top_(picture.y0) {}

  bool is_sound() const {
    return component_.data && component_.w > 0 && component_.h > 0 && component_.dx > 0 && component_.dy > 0 &&
           component_.prec >= 1 && component_.prec <= 31;
  }
  int at(std::uint32_t x, std::uint32_t y) const {
    const std::size_t column = place(left_, x, component_.dx, component_.w);
    const std::size_t row = place(top_, y, component_.dy, component_.h);
    const std::int64_t most = (std::int64_t{1} << component_.prec) - 1;
    const std::int64_t sample = std::int64_t{component_.data[row * component_.w + column]} +
                                (component_.sgnd ? std::int64_t{1} << (component_.prec - 1) : 0);
    const std::int64_t value = std::clamp<std::int64_t>(sample, 0, most);
    return static_cast<int>(component_.prec >= 8 ? value >> (component_.prec - 8) : (value * 255 + most / 2) / most);
  }

 private:
  // Where on its own, perhaps coarser, raster the component has the pixel.
  static std::size_t place(std::uint64_t origin, std::uint64_t pixel, std::uint64_t step, std::uint64_t size) {
    const std::uint64_t first = (origin + step - 1) / step, here = (origin + pixel) / step;
    return static_cast<std::size_t>(std::min(here < first ? 0 : here - first, size - 1));
  }

  const opj_image_comp_t& component_;
  std::uint64_t left_, top_;
};

std::uint8_t to_level(double value) { return static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0)); }

// sYCC (IEC 61966-2-1, annex F).
void to_rgb(std::uint8_t* pixel) {
  const double y = pixel[0], blue = pixel[1] - 128.0, red = pixel[2] - 128.0;
  pixel[0] = to_level(y + 1.402 * red);
  pixel[1] = to_level(y - 0.344136 * blue - 0.714136 * red);
  pixel[2] = to_level(y + 1.772 * blue);
}

bool is_sycc(const opj_image_t& picture) {
  const bool coarse = picture.comps[1].dx > picture.comps[0].dx;  // nobody stores green at half the resolution of red
  return picture.color_space == OPJ_CLRSPC_SYCC || (picture.color_space != OPJ_CLRSPC_SRGB && coarse);
}

// Which component is alpha: only one that the file calls so. None: the number of components.
OPJ_UINT32 find_alpha(const opj_image_t& picture, OPJ_UINT32 colours) {
  for (OPJ_UINT32 i = colours; i < picture.numcomps; ++i) {
    if (picture.comps[i].alpha != 0) return i;
  }
  return picture.numcomps;
}

}  // namespace

Result<Preprocessed> preprocess_jpeg_2000(Bytes file, int size) {
  const auto components = count_components(file);
  if (!components) return unsound(kFormat, "no picture in it");
  if (*components < 1 || *components > kMostComponents) {
    return unsound(kFormat, std::to_string(*components) + " components");
  }
  auto decoded = decode_components(file);
  if (!decoded) return decoded.error();
  const opj_image_t& picture = **decoded;
  if (picture.color_space == OPJ_CLRSPC_CMYK || picture.color_space == OPJ_CLRSPC_EYCC) {
    return unsound(kFormat, "colours in CMYK or e-YCC");
  }
  const OPJ_UINT32 colours = picture.numcomps >= 3 ? 3 : 1, alpha = find_alpha(picture, colours);
  std::vector<Levels> channels;
  for (OPJ_UINT32 i = 0; i < 3; ++i) channels.emplace_back(picture, picture.comps[std::min(i, colours - 1)]);
  if (alpha < picture.numcomps) channels.emplace_back(picture, picture.comps[alpha]);
  for (const Levels& channel : channels) {
    if (!channel.is_sound()) return unsound(kFormat, "a component without samples");
  }
  const std::uint32_t width = picture.x1 - picture.x0, height = picture.y1 - picture.y0;
  const bool sycc = colours == 3 && is_sycc(picture);
  std::vector<std::uint8_t> rgba(std::size_t{4} * width * height, 255);
  for (std::uint32_t y = 0; y < height; ++y) {
    std::uint8_t* pixel = rgba.data() + std::size_t{4} * width * y;
    for (std::uint32_t x = 0; x < width; ++x, pixel += 4) {
      for (std::size_t i = 0; i < channels.size(); ++i) pixel[i] = static_cast<std::uint8_t>(channels[i].at(x, y));
      if (sycc) to_rgb(pixel);
    }
  }
  decoded = Picture(nullptr, opj_image_destroy);  // its memory is needed
  return preprocess_rgba(rgba.data(), static_cast<int>(width), static_cast<int>(height), kFormat, size,
                         ToSrgb::of_file(file));
}

}  // namespace catdog
