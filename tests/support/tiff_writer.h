// Uncompressed TIFF files by hand, of kinds that libraries hardly write.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace catdog {

struct TiffPage {
  unsigned width = 0, height = 0;
  unsigned bits = 8, samples = 3;
  unsigned format = 1;       // 1: whole numbers, 3: fractions
  unsigned photometric = 2;  // 0: WhiteIsZero, 1: BlackIsZero, 2: RGB, 8: CIE L*a*b*, 32803: colour filter array
  unsigned compression = 1;  // what the tag says; 7: `data` is a whole JPEG file
  unsigned orientation = 1;
  std::vector<unsigned> extra;  // ExtraSamples: 0: unspecified, 1: premultiplied alpha, 2: straight alpha
  bool planes = false;          // samples apart from each other
  unsigned tile = 0;            // side of the tiles; 0: one strip
  bool reduced = false;         // NewSubfileType
  std::vector<std::pair<unsigned, unsigned>> more;  // further tags with one 32-bit number each
  std::vector<std::uint8_t> data = {};              // as it is to stand in the file (16 and 32 bits little-endian)
  std::vector<std::uint8_t> profile = {};           // a colour profile
  std::vector<TiffPage> within = {};                // SubIFDs
};

// Little-endian.
std::vector<std::uint8_t> write_tiff(const std::vector<TiffPage>& pages, bool big = false);

}  // namespace catdog
