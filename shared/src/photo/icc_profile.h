// What a colour profile says, as far as converting from it needs.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "catdog/bytes.h"

namespace catdog {

struct RgbProfile {
  // The light of each channel at each of its 256 levels, 65535 for all of it.
  std::array<std::array<std::uint16_t, 256>, 3> curves;
  // The colours of the channels (columns) as X, Y, Z (rows) under the light D50.
  std::array<std::array<double, 3>, 3> colorants;
};

// Nothing for other kinds of profiles and for damaged ones, see ToSrgb. Any bytes.
std::optional<RgbProfile> parse_icc_profile(Bytes icc);

// The one of primaries as ISO/IEC 23091-2 numbers them (9: Rec. 2020, 12: Display P3) with sRGB's curve; nothing for
// others.
std::optional<RgbProfile> profile_of_primaries(unsigned primaries);

// sRGB's light at a level from 0 to 1 (IEC 61966-2-1).
double srgb_light(double level);

// What a photo's headers say of its colours.
struct EmbeddedProfile {
  std::vector<std::uint8_t> icc;  // the bytes of a profile, not looked at; empty: none
  unsigned primaries = 0;         // as numbered above, where there is no profile; 0: not said
};

// Any bytes. May throw std::bad_alloc.
EmbeddedProfile find_embedded_profile(Bytes file);

}  // namespace catdog
