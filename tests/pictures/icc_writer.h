// Colour profiles (ICC.1) of RGB spaces that photos come in.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace catdog {

// The bytes of a curve's tag.
std::vector<std::uint8_t> icc_gamma(double gamma);  // curv of one number, in 256ths
std::vector<std::uint8_t> icc_table(const std::vector<std::uint16_t>& values);
std::vector<std::uint8_t> icc_parametric(unsigned kind, const std::vector<double>& parameters);

struct IccKind {
  std::array<std::array<double, 3>, 3> colorants;  // X, Y, Z under D50 of red, of green, of blue
  std::vector<std::uint8_t> curve;                 // of all three channels
  bool shared_curve = true;                        // else each has its own copy
  std::string device = "mntr", colours = "RGB ", connection = "XYZ ";
};

std::vector<std::uint8_t> write_icc(const IccKind& kind);

extern const std::array<std::array<double, 3>, 3> kSrgbColorants, kDisplayP3Colorants, kAdobeRgbColorants,
    kProPhotoColorants, kRec2020Colorants;

// sRGB's own curve, as parametric (kind 3), and as a table of so many entries.
std::vector<std::uint8_t> srgb_curve();
std::vector<std::uint8_t> srgb_table(int entries);

std::vector<std::uint8_t> display_p3_profile();
std::vector<std::uint8_t> adobe_rgb_profile();

}  // namespace catdog
