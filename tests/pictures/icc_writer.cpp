#include "pictures/icc_writer.h"

#include <cmath>
#include <utility>

#include "pictures/byte_writer.h"

namespace catdog {
namespace {

using FileBytes = std::vector<std::uint8_t>;

std::uint32_t fixed(double value) { return static_cast<std::uint32_t>(std::lround(value * 65536)); }

FileBytes xyz(double x, double y, double z) {
  return ByteWriter().text("XYZ ").u32be(0).u32be(fixed(x)).u32be(fixed(y)).u32be(fixed(z)).bytes;
}

}  // namespace

// As their makers' profiles have them.
const std::array<std::array<double, 3>, 3> kSrgbColorants = {
    {{0.43607, 0.22249, 0.01392}, {0.38515, 0.71687, 0.09708}, {0.14307, 0.06061, 0.71410}}};
const std::array<std::array<double, 3>, 3> kDisplayP3Colorants = {
    {{0.51512, 0.24120, -0.00105}, {0.29198, 0.69225, 0.04189}, {0.15710, 0.06657, 0.78407}}};
const std::array<std::array<double, 3>, 3> kAdobeRgbColorants = {
    {{0.60974, 0.31111, 0.01947}, {0.20528, 0.62567, 0.06087}, {0.14919, 0.06322, 0.74457}}};
const std::array<std::array<double, 3>, 3> kProPhotoColorants = {
    {{0.79767, 0.28804, 0.00000}, {0.13519, 0.71188, 0.00000}, {0.03134, 0.00009, 0.82491}}};
const std::array<std::array<double, 3>, 3> kRec2020Colorants = {
    {{0.67346, 0.27903, -0.00193}, {0.16566, 0.67534, 0.02998}, {0.12510, 0.04563, 0.79716}}};

FileBytes icc_gamma(double gamma) {
  return ByteWriter().text("curv").u32be(0).u32be(1).u16be(static_cast<unsigned>(std::lround(gamma * 256))).bytes;
}

FileBytes icc_table(const std::vector<std::uint16_t>& values) {
  ByteWriter out;
  out.text("curv").u32be(0).u32be(static_cast<std::uint32_t>(values.size()));
  for (const std::uint16_t value : values) out.u16be(value);
  return out.bytes;
}

FileBytes icc_parametric(unsigned kind, const std::vector<double>& parameters) {
  ByteWriter out;
  out.text("para").u32be(0).u16be(kind).u16be(0);
  for (const double parameter : parameters) out.u32be(fixed(parameter));
  return out.bytes;
}

FileBytes write_icc(const IccKind& kind) {
  std::vector<std::pair<std::string, FileBytes>> tags = {
      {"desc", ByteWriter().text("desc").u32be(0).u32be(5).text("test").append(FileBytes(79)).bytes},
      {"cprt", ByteWriter().text("text").u32be(0).text("none").u32be(0).bytes},
      {"wtpt", xyz(0.9642, 1, 0.8249)}};
  for (int c = 0; c < 3; ++c) {
    const auto& of = kind.colorants[c];
    tags.push_back({std::string(1, "rgb"[c]) + "XYZ", xyz(of[0], of[1], of[2])});
  }
  for (int c = 0; c < 3; ++c) tags.push_back({std::string(1, "rgb"[c]) + "TRC", kind.curve});

  ByteWriter directory, data;
  const std::size_t begin = 128 + 4 + 12 * tags.size();
  std::uint32_t offset = 0;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const FileBytes& bytes = tags[i].second;
    const bool is_copy = kind.shared_curve && i > tags.size() - 3;
    if (!is_copy) {
      offset = static_cast<std::uint32_t>(begin + data.bytes.size());
      data.append(bytes);
      while (data.bytes.size() % 4 != 0) data.u8(0);
    }
    directory.text(tags[i].first).u32be(offset).u32be(static_cast<std::uint32_t>(bytes.size()));
  }
  ByteWriter out;
  out.u32be(static_cast<std::uint32_t>(begin + data.bytes.size())).u32be(0).u32be(0x02400000);
  out.text(kind.device).text(kind.colours).text(kind.connection);
  for (int i = 0; i < 3; ++i) out.u32be(0x07E80001);  // some date
  out.text("acsp").append(FileBytes(28)).u32be(fixed(0.9642)).u32be(fixed(1)).u32be(fixed(0.8249));
  out.append(FileBytes(128 - out.bytes.size())).u32be(static_cast<std::uint32_t>(tags.size()));
  return out.append(directory.bytes).append(data.bytes).bytes;
}

FileBytes srgb_curve() { return icc_parametric(3, {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045}); }

FileBytes srgb_table(int entries) {
  std::vector<std::uint16_t> values;
  for (int i = 0; i < entries; ++i) {
    const double x = i / (entries - 1.0);
    const double light = x <= 0.04045 ? x / 12.92 : std::pow((x + 0.055) / 1.055, 2.4);
    values.push_back(static_cast<std::uint16_t>(std::lround(light * 65535)));
  }
  return icc_table(values);
}

FileBytes display_p3_profile() { return write_icc({kDisplayP3Colorants, srgb_curve()}); }

FileBytes adobe_rgb_profile() { return write_icc({kAdobeRgbColorants, icc_gamma(563 / 256.0)}); }

}  // namespace catdog
