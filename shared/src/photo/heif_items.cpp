#include "heif_items.h"

#include <algorithm>

namespace catdog {
namespace {

// Big-endian numbers; behind the end all are 0 and `ended` is set.
struct Reader {
  Bytes bytes;
  std::size_t at = 0;
  bool ended = false;

  std::size_t left() const { return bytes.size - at; }
  std::uint64_t number(std::size_t size) {
    if (left() < size) {
      ended = true;
      at = bytes.size;
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes.data[at++];
    return value;
  }
  std::uint32_t u8() { return static_cast<std::uint32_t>(number(1)); }
  std::uint32_t u16() { return static_cast<std::uint32_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  void skip(std::uint64_t count) { at += static_cast<std::size_t>(std::min<std::uint64_t>(count, left())); }
};

struct Box {
  std::uint32_t type = 0;
  Bytes content;
};

// The next box; nothing at the end, or where its size makes no sense.
std::optional<Box> next_box(Reader& in) {
  if (in.left() < 8) return std::nullopt;
  std::uint64_t size = in.u32(), head = 8;
  Box box;
  box.type = in.u32();
  if (size == 1) {
    size = in.number(8);
    head = 16;
  }
  const std::uint64_t content = size == 0 ? in.left() : size - head;  // 0: to the end
  if (in.ended || (size != 0 && size < head) || content > in.left()) return std::nullopt;
  box.content = {in.bytes.data + in.at, static_cast<std::size_t>(content)};
  in.skip(content);
  return box;
}

// What of the item box (meta) stands in boxes of its own.
struct Meta {
  Bytes locations, infos, references, properties, data;
  std::uint32_t primary = 0;
};

std::optional<Meta> read_meta(Bytes file) {
  Reader top{file};
  while (const auto box = next_box(top)) {
    if (box->type != four_cc("meta")) continue;
    Meta meta;
    Reader in{box->content};
    in.skip(4);  // version and flags
    while (const auto part = next_box(in)) {
      if (part->type == four_cc("iloc")) meta.locations = part->content;
      if (part->type == four_cc("iinf")) meta.infos = part->content;
      if (part->type == four_cc("iref")) meta.references = part->content;
      if (part->type == four_cc("iprp")) meta.properties = part->content;
      if (part->type == four_cc("idat")) meta.data = part->content;
      if (part->type != four_cc("pitm")) continue;
      Reader primary{part->content};
      const bool wide = primary.u32() >> 24 != 0;
      meta.primary = wide ? primary.u32() : primary.u16();
    }
    return meta;
  }
  return std::nullopt;
}

HeifItem* find_item(std::vector<HeifItem>& items, std::uint32_t id) {
  const auto found = std::lower_bound(items.begin(), items.end(), id,
                                      [](const HeifItem& item, std::uint32_t wanted) { return item.id < wanted; });
  return found != items.end() && found->id == id ? &*found : nullptr;
}

std::vector<HeifItem> read_infos(Bytes infos) {
  std::vector<HeifItem> items;
  Reader in{infos};
  in.skip(in.u32() >> 24 == 0 ? 2 : 4);  // their number: there are as many as there are
  while (const auto box = next_box(in)) {
    if (box->type != four_cc("infe")) continue;
    Reader info{box->content};
    const std::uint32_t version = info.u32() >> 24;
    HeifItem item;
    item.id = version >= 3 ? info.u32() : info.u16();
    info.skip(2);  // protection
    item.type = info.u32();
    if (version >= 2 && !info.ended) items.push_back(std::move(item));
  }
  std::stable_sort(items.begin(), items.end(), [](const auto& one, const auto& other) { return one.id < other.id; });
  items.erase(std::unique(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.id == b.id; }),
              items.end());
  return items;
}

void read_references(Bytes references, std::vector<HeifItem>& items) {
  Reader in{references};
  const std::size_t id_bytes = in.u32() >> 24 == 0 ? 2 : 4;
  while (const auto box = next_box(in)) {
    const bool derived = box->type == four_cc("dimg");
    if (!derived && box->type != four_cc("auxl")) continue;
    Reader reference{box->content};
    const auto from = static_cast<std::uint32_t>(reference.number(id_bytes));
    const std::uint32_t count = reference.u16();
    for (std::uint32_t i = 0; i < count && !reference.ended; ++i) {
      const auto to = static_cast<std::uint32_t>(reference.number(id_bytes));
      HeifItem* holder = find_item(items, derived ? from : to);
      if (holder && !reference.ended) (derived ? holder->sources : holder->auxiliary).push_back(derived ? to : from);
    }
  }
}

void read_associations(Bytes box, const std::vector<std::pair<std::uint64_t, std::uint64_t>>& sizes,
                       std::vector<HeifItem>& items) {
  Reader in{box};
  const std::uint32_t version_and_flags = in.u32(), count = in.u32();
  const std::size_t id_bytes = version_and_flags >> 24 == 0 ? 2 : 4, index_bytes = version_and_flags & 1 ? 2 : 1;
  for (std::uint32_t i = 0; i < count && !in.ended; ++i) {
    HeifItem* item = find_item(items, static_cast<std::uint32_t>(in.number(id_bytes)));
    for (std::uint32_t left = in.u8(); left > 0 && !in.ended; --left) {
      const std::uint64_t index = in.number(index_bytes) & (index_bytes == 2 ? 0x7FFF : 0x7F);  // without "essential"
      if (!item || index == 0 || index > sizes.size()) continue;
      item->width = std::max(item->width, sizes[index - 1].first);
      item->height = std::max(item->height, sizes[index - 1].second);
    }
  }
}

void read_sizes(Bytes properties, std::vector<HeifItem>& items) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> sizes;  // by the number of the property; 0×0: of another kind
  Reader in{properties};
  while (const auto box = next_box(in)) {
    if (box->type == four_cc("ipma")) read_associations(box->content, sizes, items);
    if (box->type != four_cc("ipco")) continue;
    Reader all{box->content};
    while (const auto property = next_box(all)) {
      Reader size{property->content};
      size.skip(4);
      const bool is_size = property->type == four_cc("ispe");
      const std::uint64_t width = is_size ? size.u32() : 0, height = is_size ? size.u32() : 0;
      sizes.emplace_back(width, height);
    }
  }
}

// Where each item's data lies (iloc), of which the first bytes are copied.
void read_heads(const Meta& meta, Bytes file, std::vector<HeifItem>& items) {
  Reader in{meta.locations};
  const std::uint32_t version = in.u32() >> 24, sizes = in.u16();
  const std::size_t offset_bytes = sizes >> 12, length_bytes = sizes >> 8 & 15, base_bytes = sizes >> 4 & 15;
  const std::size_t index_bytes = version == 0 ? 0 : sizes & 15;
  if (std::max({offset_bytes, length_bytes, base_bytes, index_bytes}) > 8) return;
  const std::uint32_t count = version < 2 ? in.u16() : in.u32();
  for (std::uint32_t i = 0; i < count && !in.ended; ++i) {
    HeifItem* item = find_item(items, static_cast<std::uint32_t>(in.number(version < 2 ? 2 : 4)));
    const std::uint32_t method = version == 0 ? 0 : in.u16() & 15;  // 0: in the file, 1: in the box idat
    in.skip(2);                                                     // which file
    const std::uint64_t base = in.number(base_bytes);
    const Bytes place = method == 0 ? file : method == 1 ? meta.data : Bytes();
    for (std::uint32_t extents = in.u16(); extents > 0 && !in.ended; --extents) {
      in.skip(index_bytes);
      const std::uint64_t offset = base + in.number(offset_bytes), length = in.number(length_bytes);
      if (!item || in.ended || offset >= place.size) continue;
      const std::uint64_t there = std::min<std::uint64_t>(length == 0 ? place.size : length, place.size - offset);
      const auto wanted = std::min<std::uint64_t>(there, HeifItem::kHeadBytes - item->head.size());
      item->head.insert(item->head.end(), place.data + offset, place.data + offset + wanted);
    }
  }
}

}  // namespace

const HeifItem* HeifItems::find(std::uint32_t id) const {
  return find_item(const_cast<std::vector<HeifItem>&>(items), id);
}

std::optional<HeifItems> read_heif_items(Bytes file) {
  const auto meta = read_meta(file);
  if (!meta) return std::nullopt;
  HeifItems found;
  found.primary = meta->primary;
  found.items = read_infos(meta->infos);
  read_references(meta->references, found.items);
  read_sizes(meta->properties, found.items);
  read_heads(*meta, file, found.items);
  return found;
}

}  // namespace catdog
