// WebP by libwebp: the first frame on its canvas.
#include <webp/decode.h>
#include <webp/demux.h>

#include <memory>
#include <vector>

#include "catdog/photo/limits.h"
#include "catdog/photo/orientation.h"
#include "support/platform_decoders.h"

namespace catdog {

Result<Preprocessed> preprocess_webp(Bytes file, int size) {
  const WebPData data{file.data, file.size};
  const std::unique_ptr<WebPDemuxer, void (*)(WebPDemuxer*)> demuxer(WebPDemux(&data), WebPDemuxDelete);
  if (!demuxer) return unsound(Format::kWebp, "damage, or the end of the file");
  const std::uint64_t width = WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_WIDTH);
  const std::uint64_t height = WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_HEIGHT);
  if (auto sound = check_size(width, height, kMaxWholePixels); !sound) return sound.error();

  WebPIterator frame;
  if (!WebPDemuxGetFrame(demuxer.get(), 1, &frame)) return unsound(Format::kWebp, "no picture in it");
  const std::unique_ptr<WebPIterator, void (*)(WebPIterator*)> end_of_use(&frame, WebPDemuxReleaseIterator);
  const bool inside = frame.x_offset >= 0 && frame.y_offset >= 0 && frame.width > 0 && frame.height > 0 &&
                      static_cast<std::uint64_t>(frame.x_offset) + frame.width <= width &&
                      static_cast<std::uint64_t>(frame.y_offset) + frame.height <= height;
  if (!inside) return unsound(Format::kWebp, "a frame outside of its canvas");
  int coded_width = 0, coded_height = 0;
  if (!WebPGetInfo(frame.fragment.bytes, frame.fragment.size, &coded_width, &coded_height) ||
      coded_width != frame.width || coded_height != frame.height) {
    return unsound(Format::kWebp, "contradictory sizes");
  }
  std::vector<std::uint8_t> rgba(width * height * 4);  // outside of the frame: transparent
  const std::size_t stride = width * 4;
  const std::size_t offset = frame.y_offset * stride + std::size_t{4} * frame.x_offset;
  if (!WebPDecodeRGBAInto(frame.fragment.bytes, frame.fragment.size, rgba.data() + offset, rgba.size() - offset,
                          static_cast<int>(stride))) {
    return unsound(Format::kWebp, "damage");
  }
  Decoded stored{{}, static_cast<int>(width), static_cast<int>(height), Format::kWebp, ToSrgb::of_file(file), {}};
  auto image = from_rgba(rgba.data(), stored.width, stored.height);
  if (!image) return image.error();
  stored.image = std::move(*image);
  return preprocess_stored(std::move(stored), exif_orientation(file), size);
}

}  // namespace catdog
