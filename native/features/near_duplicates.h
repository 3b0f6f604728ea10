// Photos that show the same picture: copies, resized copies, copies saved again.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "catdog/photo/image.h"
#include "catdog/result.h"

namespace catdog {

// What is remembered of a picture.
struct Fingerprint {
  std::uint64_t hash = 0;                      // difference hash: is each of 8×8 cells darker than its right neighbour
  std::array<std::uint8_t, 8 * 8 * 3> tiny{};  // the picture at 8×8 pixels, RGB
};

// (N. Krawetz, "Kind of like that", 2013, describes the difference hash.)
Result<Fingerprint> fingerprint(const Image& picture);

// True where both hash and tiny picture are close.
bool is_near_duplicate(const Fingerprint& left, const Fingerprint& right);

// For each item the index of the first item of its group. Items whose hashes share a quarter are compared; what is
// found is joined transitively. Items of equal `content` are joined without a look at their pictures.
std::vector<std::size_t> group_near_duplicates(const std::vector<Fingerprint>& prints,
                                               const std::vector<std::string>& content);

}  // namespace catdog
