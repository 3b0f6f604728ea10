#include "heif_items.h"

#include <algorithm>

#include "iso_boxes.h"

namespace catdog {
namespace {

// What of the item box (meta) stands in boxes of its own.
struct Meta {
  Bytes locations, infos, references, properties, data;
  std::uint32_t primary = 0;
};

std::optional<Meta> read_meta(Bytes file) {
  BoxReader top{file};
  while (const auto box = next_box(top)) {
    if (box->type != four_cc("meta")) continue;
    Meta meta;
    BoxReader in{box->content};
    in.skip(4);  // version and flags
    while (const auto part = next_box(in)) {
      if (part->type == four_cc("iloc")) meta.locations = part->content;
      if (part->type == four_cc("iinf")) meta.infos = part->content;
      if (part->type == four_cc("iref")) meta.references = part->content;
      if (part->type == four_cc("iprp")) meta.properties = part->content;
      if (part->type == four_cc("idat")) meta.data = part->content;
      if (part->type != four_cc("pitm")) continue;
      BoxReader primary{part->content};
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
  BoxReader in{infos};
  in.skip(in.u32() >> 24 == 0 ? 2 : 4);  // their number: there are as many as there are
  while (const auto box = next_box(in)) {
    if (box->type != four_cc("infe")) continue;
    BoxReader info{box->content};
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
  BoxReader in{references};
  const std::size_t id_bytes = in.u32() >> 24 == 0 ? 2 : 4;
  while (const auto box = next_box(in)) {
    const bool derived = box->type == four_cc("dimg");
    if (!derived && box->type != four_cc("auxl")) continue;
    BoxReader reference{box->content};
    const auto from = static_cast<std::uint32_t>(reference.number(id_bytes));
    const std::uint32_t count = reference.u16();
    for (std::uint32_t i = 0; i < count && !reference.ended; ++i) {
      const auto to = static_cast<std::uint32_t>(reference.number(id_bytes));
      HeifItem* holder = find_item(items, derived ? from : to);
      if (holder && !reference.ended) (derived ? holder->sources : holder->auxiliary).push_back(derived ? to : from);
    }
  }
}

// What an item may promise of itself.
struct Property {
  std::uint64_t width = 0, height = 0;  // ispe; 0×0: of another kind
  Bytes colours;                        // colr
};

void read_associations(Bytes box, const std::vector<Property>& properties, std::vector<HeifItem>& items) {
  BoxReader in{box};
  const std::uint32_t version_and_flags = in.u32(), count = in.u32();
  const std::size_t id_bytes = version_and_flags >> 24 == 0 ? 2 : 4, index_bytes = version_and_flags & 1 ? 2 : 1;
  for (std::uint32_t i = 0; i < count && !in.ended; ++i) {
    HeifItem* item = find_item(items, static_cast<std::uint32_t>(in.number(id_bytes)));
    for (std::uint32_t left = in.u8(); left > 0 && !in.ended; --left) {
      const std::uint64_t index = in.number(index_bytes) & (index_bytes == 2 ? 0x7FFF : 0x7F);  // without "essential"
      if (!item || index == 0 || index > properties.size()) continue;
      const Property& property = properties[static_cast<std::size_t>(index) - 1];
      item->width = std::max(item->width, property.width);
      item->height = std::max(item->height, property.height);
      const bool numbers = BoxReader{property.colours}.u32() == four_cc("nclx");
      if (property.colours.size > 0) (numbers ? item->colour_numbers : item->colour_profile) = property.colours;
    }
  }
}

void read_properties(Bytes all_properties, std::vector<HeifItem>& items) {
  std::vector<Property> properties;  // by their numbers
  BoxReader in{all_properties};
  while (const auto box = next_box(in)) {
    if (box->type == four_cc("ipma")) read_associations(box->content, properties, items);
    if (box->type != four_cc("ipco")) continue;
    BoxReader all{box->content};
    while (const auto found = next_box(all)) {
      Property property;
      BoxReader size{found->content};
      size.skip(4);
      if (found->type == four_cc("ispe")) property.width = size.u32(), property.height = size.u32();
      if (found->type == four_cc("colr")) property.colours = found->content;
      properties.push_back(property);
    }
  }
}

// Where each item's data lies (iloc), of which the first bytes are copied.
void read_heads(const Meta& meta, Bytes file, std::vector<HeifItem>& items) {
  BoxReader in{meta.locations};
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
  read_properties(meta->properties, found.items);
  read_heads(*meta, file, found.items);
  return found;
}

}  // namespace catdog
