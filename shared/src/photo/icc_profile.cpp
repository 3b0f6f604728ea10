#include "icc_profile.h"

#include <algorithm>
#include <cmath>

#include "catdog/photo/limits.h"
#include "iso_boxes.h"
#include "power.h"

namespace catdog {
namespace {

using Curve = std::array<std::uint16_t, 256>;

constexpr double kAllLight = 65535;

std::uint16_t to_light(double light) {
  return static_cast<std::uint16_t>(std::floor(std::clamp(light, 0.0, 1.0) * kAllLight + 0.5));
}

// A part of the profile; numbers behind its end are 0.
struct Part {
  Bytes bytes;

  std::uint32_t u8(std::size_t at) const { return at < bytes.size ? bytes.data[at] : 0; }
  std::uint32_t u16(std::size_t at) const { return u8(at) << 8 | u8(at + 1); }
  std::uint32_t u32(std::size_t at) const { return u16(at) << 16 | u16(at + 2); }
  double fixed(std::size_t at) const { return static_cast<std::int32_t>(u32(at)) / 65536.0; }  // s15Fixed16Number
};

// The data of a tag (ICC.1, 7.3); empty where it is not there whole.
Bytes find_tag(Bytes icc, std::uint32_t name) {
  constexpr std::size_t kHeader = 128, kEntry = 12;
  const Part profile{icc};
  const std::size_t most = (icc.size - kHeader - 4) / kEntry, count = std::min<std::size_t>(profile.u32(kHeader), most);
  for (std::size_t at = kHeader + 4; at < kHeader + 4 + count * kEntry; at += kEntry) {
    if (profile.u32(at) != name) continue;
    const std::size_t offset = profile.u32(at + 4), size = profile.u32(at + 8);
    if (offset > icc.size || size > icc.size - offset) return {};
    return {icc.data + offset, size};
  }
  return {};
}

Curve of_gamma(double gamma) {
  Curve curve{};
  for (int i = 1; i < 256; ++i) curve[i] = to_light(power(i / 255.0, gamma));
  return curve;
}

// curveType (10.6): none: light itself; one: a power; more: places between which it runs straight.
std::optional<Curve> read_curve(const Part& tag) {
  constexpr std::size_t kHead = 12;
  const std::size_t count = tag.u32(8);
  if (tag.bytes.size < kHead || count > (tag.bytes.size - kHead) / 2) return std::nullopt;
  if (count == 0) return of_gamma(1);
  if (count == 1) {
    if (tag.u16(kHead) == 0) return std::nullopt;
    return of_gamma(tag.u16(kHead) / 256.0);
  }
  Curve curve{};
  for (std::size_t i = 0; i < 256; ++i) {  // of at most kMaxProfileBytes: 32 bits hold all of this
    const std::size_t place = i * (count - 1), index = place / 255, part = place % 255;
    const std::size_t left = tag.u16(kHead + 2 * index), right = tag.u16(kHead + 2 * std::min(index + 1, count - 1));
    curve[i] = static_cast<std::uint16_t>((left * (255 - part) + right * part + 127) / 255);
  }
  return curve;
}

// parametricCurveType (10.18): (a x + b)^g + e from x = d on, below it c x + f.
std::optional<Curve> read_parametric_curve(const Part& tag) {
  constexpr std::size_t kParameters[] = {1, 3, 4, 5, 7};
  constexpr double kMostBase = 1e6;
  const std::uint32_t kind = tag.u16(8);
  if (kind >= std::size(kParameters) || tag.bytes.size < 12 + 4 * kParameters[kind]) return std::nullopt;
  const double g = tag.fixed(12), a = kind >= 1 ? tag.fixed(16) : 1, b = kind >= 1 ? tag.fixed(20) : 0;
  double c = 0, d = 0, e = 0, f = 0;
  if (kind == 1 || kind == 2) {
    if (a == 0) return std::nullopt;
    d = -b / a;
    if (kind == 2) e = f = tag.fixed(24);
  } else if (kind >= 3) {
    c = tag.fixed(24), d = tag.fixed(28);
    if (kind == 4) e = tag.fixed(32), f = tag.fixed(36);
  }
  if (g <= 0) return std::nullopt;
  Curve curve{};
  for (int i = 0; i < 256; ++i) {
    const double x = i / 255.0, base = a * x + b;
    const double raised = base > 0 ? power(std::min(base, kMostBase), g) : 0;
    curve[i] = to_light(x >= d ? raised + e : c * x + f);
  }
  return curve;
}

std::optional<Curve> read_any_curve(Bytes data) {
  const Part tag{data};
  if (tag.u32(0) == four_cc("curv")) return read_curve(tag);
  if (tag.u32(0) == four_cc("para")) return read_parametric_curve(tag);
  return std::nullopt;
}

// Together the colorants are white. Where they are not, somebody forgot to adapt them to D50, or the file lies.
bool make_white(const RgbProfile& profile) {
  constexpr double kWhite[] = {0.9642, 1, 0.8249}, kTolerance[] = {0.02, 0.02, 0.04};
  for (int row = 0; row < 3; ++row) {
    const auto& of = profile.colorants[row];
    if (std::abs(of[0] + of[1] + of[2] - kWhite[row]) > kTolerance[row]) return false;
  }
  return true;
}

bool is_rgb_profile(const Part& profile) {
  const std::uint32_t kind = profile.u32(12);
  const bool known = kind == four_cc("mntr") || kind == four_cc("scnr") || kind == four_cc("spac");
  return known && profile.u32(16) == four_cc("RGB ") && profile.u32(20) == four_cc("XYZ ") &&
         profile.u32(36) == four_cc("acsp");
}

}  // namespace

std::optional<RgbProfile> parse_icc_profile(Bytes icc) {
  constexpr std::uint32_t kColorants[] = {four_cc("rXYZ"), four_cc("gXYZ"), four_cc("bXYZ")};
  constexpr std::uint32_t kCurves[] = {four_cc("rTRC"), four_cc("gTRC"), four_cc("bTRC")};
  if (icc.size < 132 || icc.size > kMaxProfileBytes || !is_rgb_profile({icc})) return std::nullopt;
  RgbProfile profile;
  Bytes before;
  for (int channel = 0; channel < 3; ++channel) {
    const Part colorant{find_tag(icc, kColorants[channel])};
    if (colorant.bytes.size < 20 || colorant.u32(0) != four_cc("XYZ ")) return std::nullopt;
    for (std::size_t row = 0; row < 3; ++row) profile.colorants[row][channel] = colorant.fixed(8 + 4 * row);
    const Bytes data = find_tag(icc, kCurves[channel]);
    if (channel > 0 && data.data == before.data && data.size == before.size) {  // as most profiles have it
      profile.curves[channel] = profile.curves[channel - 1];
      continue;
    }
    const auto curve = read_any_curve(data);
    if (!curve) return std::nullopt;
    profile.curves[channel] = *curve;
    before = data;
  }
  if (!make_white(profile)) return std::nullopt;
  return profile;
}

double srgb_light(double level) { return level <= 0.04045 ? level / 12.92 : power((level + 0.055) / 1.055, 2.4); }

std::optional<RgbProfile> profile_of_primaries(unsigned primaries) {
  constexpr unsigned kRec2020 = 9, kDisplayP3 = 12;
  RgbProfile profile;
  if (primaries == kRec2020) {
    profile.colorants = {
        {{0.673459, 0.165661, 0.125100}, {0.279033, 0.675338, 0.045629}, {-0.001931, 0.029979, 0.797162}}};
  } else if (primaries == kDisplayP3) {
    profile.colorants = {
        {{0.515102, 0.291965, 0.157153}, {0.241196, 0.692236, 0.066568}, {-0.001053, 0.041885, 0.784073}}};
  } else {
    return std::nullopt;
  }
  for (int i = 0; i < 256; ++i) profile.curves[0][i] = to_light(srgb_light(i / 255.0));
  profile.curves[1] = profile.curves[2] = profile.curves[0];
  return profile;
}

}  // namespace catdog
