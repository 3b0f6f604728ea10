#include "catdog/photo/to_srgb.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "icc_profile.h"

namespace catdog {

// Levels → light (16 bits) → light of sRGB's channels (16 bits) → levels.
struct SrgbTables {
  std::array<std::array<std::uint16_t, 256>, 3> curves;
  std::int64_t matrix[3][3];                 // in 65536ths; each row adds up to about one
  std::array<std::uint8_t, 1 << 14> levels;  // of 14 bits of light: to a tenth of a level in the dark

  void convert(std::uint8_t* pixel) const;
};

namespace {

constexpr int kMatrixBits = 16, kDroppedBits = 2;
constexpr std::int64_t kAllLight = 65535;
constexpr int kUnseen = 1;  // levels

// From X, Y, Z under D50 to sRGB's light: the inverse of sRGB's colorants adapted to D50 by Bradford's method, as its
// profiles have them (http://www.brucelindbloom.com/Eqn_RGB_XYZ_Matrix.html).
constexpr double kFromXyz[3][3] = {
    {3.1338561, -1.6168667, -0.4906146}, {-0.9787684, 1.9161415, 0.0334540}, {0.0719453, -0.2289914, 1.4052427}};

void fill_matrix(const RgbProfile& profile, SrgbTables& tables) {
  for (int row = 0; row < 3; ++row) {
    double of[3] = {}, sum = 0;
    for (int channel = 0; channel < 3; ++channel) {
      for (int k = 0; k < 3; ++k) of[channel] += kFromXyz[row][k] * profile.colorants[k][channel];
      sum += of[channel];
    }
    // White stays white. Profiles round its colour, and so does the matrix above.
    for (int channel = 0; channel < 3; ++channel) {
      tables.matrix[row][channel] = static_cast<std::int64_t>(std::floor(of[channel] / sum * (1 << kMatrixBits) + 0.5));
    }
  }
}

void fill_levels(SrgbTables& tables) {
  const double last = static_cast<double>(tables.levels.size() - 1);
  std::size_t at = 0;
  for (int level = 0; level < 256; ++level) {
    // Up to the light half-way to the next level.
    const double end = level < 255 ? srgb_light((level + 0.5) / 255) * last : last + 1;
    for (; at < tables.levels.size() && static_cast<double>(at) < end; ++at) {
      tables.levels[at] = static_cast<std::uint8_t>(level);
    }
  }
}

// Looked at: all greys, and colours all over the cube.
bool changes_visibly(const SrgbTables& tables) {
  const auto is_changed = [&](int red, int green, int blue) {
    const int stored[] = {red, green, blue};
    std::uint8_t pixel[] = {static_cast<std::uint8_t>(red), static_cast<std::uint8_t>(green),
                            static_cast<std::uint8_t>(blue)};
    tables.convert(pixel);
    for (int c = 0; c < 3; ++c) {
      if (std::abs(pixel[c] - stored[c]) > kUnseen) return true;
    }
    return false;
  };
  for (int grey = 0; grey < 256; ++grey) {
    if (is_changed(grey, grey, grey)) return true;
  }
  constexpr int kStep = 51;  // a fifth of 255
  for (int red = 0; red < 256; red += kStep) {
    for (int green = 0; green < 256; green += kStep) {
      for (int blue = 0; blue < 256; blue += kStep) {
        if (is_changed(red, green, blue)) return true;
      }
    }
  }
  return false;
}

std::unique_ptr<const SrgbTables> make_tables(const std::optional<RgbProfile>& profile) {
  if (!profile) return nullptr;
  auto tables = std::make_unique<SrgbTables>();
  tables->curves = profile->curves;
  fill_matrix(*profile, *tables);
  fill_levels(*tables);
  if (!changes_visibly(*tables)) return nullptr;
  return tables;
}

}  // namespace

void SrgbTables::convert(std::uint8_t* pixel) const {
  std::int64_t light[3];
  for (int c = 0; c < 3; ++c) light[c] = curves[c][pixel[c]];
  for (int c = 0; c < 3; ++c) {
    const std::int64_t sum = matrix[c][0] * light[0] + matrix[c][1] * light[1] + matrix[c][2] * light[2];
    constexpr std::int64_t kOne = std::int64_t{1} << kMatrixBits;
    const std::int64_t bounded = std::clamp<std::int64_t>(sum, 0, kAllLight * kOne);
    constexpr int kShift = kMatrixBits + kDroppedBits;
    const std::int64_t rounded = (bounded + (std::int64_t{1} << (kShift - 1))) >> kShift;
    pixel[c] = levels[std::min(static_cast<std::size_t>(rounded), levels.size() - 1)];
  }
}

ToSrgb::ToSrgb() = default;
ToSrgb::ToSrgb(std::unique_ptr<const SrgbTables> tables) : tables_(std::move(tables)) {}
ToSrgb::~ToSrgb() = default;
ToSrgb::ToSrgb(ToSrgb&&) noexcept = default;
ToSrgb& ToSrgb::operator=(ToSrgb&&) noexcept = default;

// Where there is no memory for a profile, there is none for the picture, which is the one to complain.
ToSrgb ToSrgb::of_file(Bytes file) {
  try {
    const EmbeddedProfile found = find_embedded_profile(file);
    if (!found.icc.empty()) return of_profile({found.icc.data(), found.icc.size()});
    return ToSrgb(make_tables(profile_of_primaries(found.primaries)));
  } catch (const std::bad_alloc&) {
    return {};
  }
}

ToSrgb ToSrgb::of_profile(Bytes icc) {
  try {
    return ToSrgb(make_tables(parse_icc_profile(icc)));
  } catch (const std::bad_alloc&) {
    return {};
  }
}

void ToSrgb::apply(Image& picture) const {
  if (!tables_) return;
  const std::size_t values = picture.row_bytes() * static_cast<std::size_t>(picture.height);
  for (std::size_t i = 0; i < values; i += 3) tables_->convert(picture.pixels.get() + i);
}

}  // namespace catdog
