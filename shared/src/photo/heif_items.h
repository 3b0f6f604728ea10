// The items of a HEIF or AVIF file (ISO/IEC 14496-12 and 23008-12): which pictures it holds, and which is made of
// which.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "catdog/bytes.h"

namespace catdog {

struct HeifItem {
  std::uint32_t id = 0;
  std::uint32_t type = 0;                // four_cc("hvc1"), four_cc("grid"), …
  std::uint64_t width = 0, height = 0;   // the largest that its properties promise (ispe); 0: none
  Bytes colour_profile;                  // what its properties say of colours (colr): "prof" or "rICC" and the profile
  Bytes colour_numbers;                  // the same as numbers: "nclx", primaries, transfer, …
  std::vector<std::uint32_t> sources;    // ids of the items that it is derived from (dimg), in their order
  std::vector<std::uint32_t> auxiliary;  // ids of its alpha plane and the like (auxl)
  std::vector<std::uint8_t> head;  // the first bytes of its data, at most kHeadBytes; none where they lie elsewhere

  static constexpr std::size_t kHeadBytes = 64;
};

struct HeifItems {
  std::uint32_t primary = 0;    // id
  std::vector<HeifItem> items;  // by id; each id once

  const HeifItem* find(std::uint32_t id) const;
};

// Nothing where there is no box of items, or where the file ends in it.
std::optional<HeifItems> read_heif_items(Bytes file);

}  // namespace catdog
