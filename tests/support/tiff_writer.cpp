#include "support/tiff_writer.h"

#include <algorithm>

#include "pictures/byte_writer.h"

namespace catdog {
namespace {

class Writer {
 public:
  explicit Writer(bool big) : big_(big) {
    file_.u8('I').u8('I').u16le(big ? 43 : 42);
    if (big) file_.u16le(8).u16le(0);
    link_ = here();
    offset(0);
  }

  void page(const TiffPage& page) {
    const std::uint64_t before = link_;
    patch(before, directory(page, &link_));
  }
  std::vector<std::uint8_t> finished() { return file_.bytes; }

 private:
  struct Entry {
    unsigned tag, type;
    std::vector<std::uint64_t> values;
  };

  std::uint64_t here() const { return file_.bytes.size(); }
  void offset(std::uint64_t value) {
    file_.u32le(static_cast<std::uint32_t>(value));
    if (big_) file_.u32le(static_cast<std::uint32_t>(value >> 32));
  }
  void patch(std::uint64_t at, std::uint64_t value) {
    for (int i = 0; i < 4; ++i) file_.bytes[at + i] = static_cast<std::uint8_t>(value >> 8 * i);
  }
  unsigned bytes_of(unsigned type) const { return type == 7 ? 1 : type == 3 ? 2 : type == 16 ? 8 : 4; }
  void put(unsigned type, std::uint64_t value) {
    if (type == 7) {
      file_.u8(static_cast<unsigned>(value));
    } else if (type == 3) {
      file_.u16le(static_cast<unsigned>(value));
    } else {
      file_.u32le(static_cast<std::uint32_t>(value));
      if (type == 16) file_.u32le(static_cast<std::uint32_t>(value >> 32));
    }
  }

  // Where the pieces of the data lie, each of the same size.
  std::vector<std::uint64_t> write_data(const TiffPage& page, std::size_t pieces) {
    std::vector<std::uint64_t> places;
    for (std::size_t i = 0; i < pieces; ++i) places.push_back(here() + i * (page.data.size() / pieces));
    file_.append(page.data);
    if (here() % 2) file_.u8(0);
    return places;
  }

  std::uint64_t directory(const TiffPage& page, std::uint64_t* link) {
    std::vector<std::uint64_t> within;
    for (const TiffPage& inner : page.within) {
      std::uint64_t ignored = 0;
      within.push_back(directory(inner, &ignored));
    }
    const unsigned columns = page.tile ? (page.width + page.tile - 1) / page.tile : 1;
    const unsigned rows = page.tile ? (page.height + page.tile - 1) / page.tile : 1;
    const std::size_t pieces = std::size_t{columns} * rows * (page.planes ? page.samples : 1);
    const auto places = write_data(page, pieces);
    const std::vector<std::uint64_t> sizes(pieces, page.data.size() / pieces);
    std::vector<Entry> entries = {{254, 4, {page.reduced ? 1u : 0u}},
                                  {256, 4, {page.width}},
                                  {257, 4, {page.height}},
                                  {258, 3, std::vector<std::uint64_t>(page.samples, page.bits)},
                                  {259, 3, {page.compression}},
                                  {262, 3, {page.photometric}},
                                  {274, 3, {page.orientation}},
                                  {277, 3, {page.samples}},
                                  {284, 3, {page.planes ? 2u : 1u}},
                                  {339, 3, std::vector<std::uint64_t>(page.samples, page.format)}};
    const std::vector<std::uint64_t> extra(page.extra.begin(), page.extra.end());
    entries.push_back({page.tile ? 324u : 273u, 4, places});
    entries.push_back({page.tile ? 325u : 279u, 4, sizes});
    entries.push_back({page.tile ? 322u : 278u, 4, {page.tile ? page.tile : page.height}});
    if (page.tile) entries.push_back({323, 4, {page.tile}});
    if (!extra.empty()) entries.push_back({338, 3, extra});
    if (!page.profile.empty()) entries.push_back({34675, 7, {page.profile.begin(), page.profile.end()}});
    if (!within.empty()) entries.push_back({330, 4, within});
    for (const auto& [tag, value] : page.more) entries.push_back({tag, 4, {value}});
    std::sort(entries.begin(), entries.end(), [](const auto& one, const auto& other) { return one.tag < other.tag; });
    return write_entries(entries, link);
  }

  std::uint64_t write_entries(const std::vector<Entry>& entries, std::uint64_t* link) {
    const std::size_t room = big_ ? 8 : 4;
    std::vector<std::uint64_t> outside(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].values.size() * bytes_of(entries[i].type) <= room) continue;
      outside[i] = here();
      for (const std::uint64_t value : entries[i].values) put(entries[i].type, value);
    }
    const std::uint64_t start = here();
    file_.u16le(static_cast<unsigned>(entries.size()));
    if (big_) file_.u16le(0).u32le(0);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      file_.u16le(entries[i].tag).u16le(entries[i].type);
      offset(entries[i].values.size());
      const std::uint64_t end = here() + room;
      if (outside[i] != 0) {
        offset(outside[i]);
      } else {
        for (const std::uint64_t value : entries[i].values) put(entries[i].type, value);
      }
      while (here() < end) file_.u8(0);
    }
    *link = here();
    offset(0);
    return start;
  }

  bool big_;
  ByteWriter file_;
  std::uint64_t link_ = 0;
};

}  // namespace

std::vector<std::uint8_t> write_tiff(const std::vector<TiffPage>& pages, bool big) {
  Writer writer(big);
  for (const TiffPage& page : pages) writer.page(page);
  return writer.finished();
}

}  // namespace catdog
