// Where each format keeps its colour profile (ICC.1:2022, annex B, and the formats' own specifications).
#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "catdog/photo/format.h"
#include "catdog/photo/limits.h"
#include "decoders.h"
#include "heif_items.h"
#include "icc_profile.h"
#include "iso_boxes.h"
#include "jpeg_segments.h"
#include "png_chunks.h"
#include "webp_chunks.h"

namespace catdog {
namespace {

using Profile = std::vector<std::uint8_t>;

Profile copy_of(Bytes icc) {
  if (icc.size > kMaxProfileBytes) return {};
  return Profile(icc.data, icc.data + icc.size);
}

Bytes behind(Bytes bytes, std::size_t count) {
  const std::size_t skipped = std::min(count, bytes.size);
  return {bytes.data + skipped, bytes.size - skipped};
}

// In pieces of up to 64 KiB, each with its number and how many there are.
Profile jpeg_profile(Bytes file) {
  using namespace std::string_view_literals;
  constexpr std::string_view kSignature = "ICC_PROFILE\0"sv;
  constexpr std::size_t kHead = kSignature.size() + 2;
  std::array<Bytes, 256> pieces{};
  std::size_t count = 0, size = 0;
  each_jpeg_segment(file, [&](std::uint8_t marker, Bytes content) {
    const bool is_piece =
        marker == 0xE2 && content.size > kHead && std::memcmp(content.data, kSignature.data(), kSignature.size()) == 0;
    if (!is_piece) return true;
    pieces[content.data[kSignature.size()]] = behind(content, kHead);
    count = content.data[kSignature.size() + 1];
    return true;
  });
  for (std::size_t i = 1; i <= count; ++i) {
    if (pieces[i].size == 0) return {};
    size += pieces[i].size;
  }
  if (size > kMaxProfileBytes) return {};
  Profile profile;
  profile.reserve(size);
  for (std::size_t i = 1; i <= count; ++i) {
    profile.insert(profile.end(), pieces[i].data, pieces[i].data + pieces[i].size);
  }
  return profile;
}

// A name that ends with 0, the method (0: zlib), and the packed profile.
Profile png_profile(Bytes file) {
  constexpr std::size_t kMostName = 79;
  Profile profile;
  each_png_chunk(file, [&](std::string_view name, Bytes content) {
    if (name == "IDAT") return false;
    if (name != "iCCP") return true;
    const auto* const end = content.data + std::min(content.size, kMostName + 1);
    const auto* const zero = std::find(content.data, end, std::uint8_t{0});
    if (zero == end) return false;
    const Bytes packed = behind(content, static_cast<std::size_t>(zero - content.data) + 2);
    profile.resize(kMaxProfileBytes);
    profile.resize(inflate_zlib(packed, profile.data(), profile.size()));
    return false;
  });
  return profile;
}

Profile webp_profile(Bytes file) {
  Profile profile;
  each_webp_chunk(file, [&](std::string_view name, Bytes content) {
    if (name == "ICCP") profile = copy_of(content);
    return name != "ICCP";
  });
  return profile;
}

// Photoshop's image resource 1039.
Profile psd_profile(Bytes file) {
  constexpr std::size_t kHeader = 26;
  BoxReader in{file};
  in.skip(kHeader);
  in.skip(in.u32());  // palette
  const std::uint64_t size = in.u32();
  BoxReader resources{{file.data + in.at, static_cast<std::size_t>(std::min<std::uint64_t>(size, in.left()))}};
  while (resources.u32() == four_cc("8BIM")) {
    const std::uint32_t id = resources.u16(), name = resources.u8();
    resources.skip(name | 1);  // with its length filled up to an even number
    const std::uint64_t length = resources.u32();
    if (length > resources.left()) return {};
    if (id == 1039) return copy_of({resources.bytes.data + resources.at, static_cast<std::size_t>(length)});
    resources.skip(length + (length & 1));
  }
  return {};
}

// Tag 34675 of the first picture. BigTIFF is read natively only, where libtiff finds it.
Profile tiff_profile(Bytes file) {
  constexpr std::uint64_t kProfile = 34675;
  const bool little = file.size > 0 && file.data[0] == 'I';
  const auto number = [&](std::uint64_t at, int bytes) {
    std::uint64_t value = 0;
    for (int i = 0; i < bytes; ++i) {
      const std::uint64_t place = at + static_cast<std::uint64_t>(little ? bytes - 1 - i : i);
      value = value << 8 | (place < file.size ? file.data[place] : 0);
    }
    return value;
  };
  if (number(2, 2) != 42) return {};
  const std::uint64_t directory = number(4, 4), entries = number(directory, 2);
  for (std::uint64_t at = directory + 2; at < directory + 2 + 12 * entries; at += 12) {
    if (number(at, 2) != kProfile) continue;
    const std::uint64_t size = number(at + 4, 4), offset = number(at + 8, 4);
    if (offset > file.size || size > file.size - offset) return {};
    return copy_of({file.data + offset, static_cast<std::size_t>(size)});
  }
  return {};
}

// The box colr of the header jp2h (ISO/IEC 15444-1, I.5.3.3): a method, two bytes, and with methods 2 and 3 a profile.
Profile jpeg_2000_profile(Bytes file) {
  BoxReader top{file};
  while (const auto box = next_box(top)) {
    if (box->type != four_cc("jp2h")) continue;
    BoxReader header{box->content};
    while (const auto part = next_box(header)) {
      const bool has_profile = part->type == four_cc("colr") && part->content.size > 3 &&
                               (part->content.data[0] == 2 || part->content.data[0] == 3);
      if (has_profile) return copy_of(behind(part->content, 3));
    }
    return {};
  }
  return {};
}

EmbeddedProfile heif_profile(Bytes file) {
  EmbeddedProfile found;
  const auto all = read_heif_items(file);
  const HeifItem* item = all ? all->find(all->primary) : nullptr;
  const auto says_nothing = [](const HeifItem& one) {
    return one.colour_profile.size == 0 && one.colour_numbers.size == 0;
  };
  // A picture made of tiles may leave it to them.
  if (item && says_nothing(*item) && !item->sources.empty()) item = all->find(item->sources.front());
  if (!item) return found;
  BoxReader profile{item->colour_profile}, numbers{item->colour_numbers};
  const std::uint32_t kind = profile.u32();
  if (kind == four_cc("prof") || kind == four_cc("rICC")) {
    found.icc = copy_of(behind(item->colour_profile, 4));
    return found;
  }
  numbers.skip(4);
  const std::uint32_t primaries = numbers.u16(), transfer = numbers.u16();
  constexpr std::uint32_t kStandardRange[] = {1, 2, 6, 13, 14, 15};  // not PQ (16) or HLG (18)
  if (std::find(std::begin(kStandardRange), std::end(kStandardRange), transfer) != std::end(kStandardRange)) {
    found.primaries = primaries;
  }
  return found;
}

}  // namespace

EmbeddedProfile find_embedded_profile(Bytes file) {
  switch (sniff_format(file)) {
    case Format::kJpeg: return {jpeg_profile(file)};
    case Format::kPng: return {png_profile(file)};
    case Format::kWebp: return {webp_profile(file)};
    case Format::kPsd: return {psd_profile(file)};
    case Format::kTiff: return {tiff_profile(file)};
    case Format::kJpeg2000: return {jpeg_2000_profile(file)};
    case Format::kHeic:
    case Format::kAvif: return heif_profile(file);
    default: return {};
  }
}

}  // namespace catdog
