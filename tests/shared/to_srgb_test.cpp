// Colour profiles: what they make of colours, which ones count, and that a stranger's are harmless.
#include "catdog/photo/to_srgb.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

#include "catdog/photo/image.h"
#include "catdog/photo/limits.h"
#include "colours.h"
#include "pictures/byte_writer.h"
#include "pictures/icc_writer.h"
#include "pictures/test_pictures.h"

namespace catdog {
namespace {

const Colour kStored[] = {{200, 60, 50}, {60, 180, 70}, {50, 80, 190},   {255, 255, 255}, {128, 128, 128},
                          {10, 10, 10},  {0, 0, 0},     {220, 190, 150}, {255, 0, 0}};

// Expected: by LittleCMS 2.19 from the same profiles (relative colorimetric, no black point compensation).
TEST(ToSrgbTest, ColoursAreThoseOfLittleCms) {
  struct Space {
    const char* name;
    FileBytes profile;
    Colour expected[std::size(kStored)];
  };
  const FileBytes rec_709 = icc_parametric(3, {1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081});
  const Space spaces[] = {{"Display P3",
                           display_p3_profile(),
                           {{217, 42, 39},
                            {0, 183, 49},
                            {40, 81, 197},
                            {255, 255, 255},
                            {128, 128, 128},
                            {10, 10, 10},
                            {0, 0, 0},
                            {226, 189, 144},
                            {255, 0, 0}}},
                          {"Adobe RGB",
                           adobe_rgb_profile(),
                           {{232, 57, 46},
                            {0, 181, 57},
                            {21, 79, 195},
                            {255, 255, 255},
                            {129, 129, 129},
                            {3, 3, 3},
                            {0, 0, 0},
                            {231, 191, 149},
                            {255, 0, 0}}},
                          {"ProPhoto",
                           write_icc({kProPhotoColorants, icc_gamma(1.8)}),
                           {{255, 0, 60},
                            {0, 209, 49},
                            {0, 104, 213},
                            {255, 255, 255},
                            {146, 146, 146},
                            {10, 10, 10},
                            {0, 0, 0},
                            {255, 195, 160},
                            {255, 0, 0}}},
                          {"Rec. 2020",
                           write_icc({kRec2020Colorants, rec_709}),
                           {{252, 11, 58},
                            {0, 197, 63},
                            {0, 96, 205},
                            {255, 255, 255},
                            {140, 140, 140},
                            {23, 23, 23},
                            {0, 0, 0},
                            {241, 193, 154},
                            {255, 0, 0}}}};
  for (const Space& space : spaces) {
    const ToSrgb to_srgb = ToSrgb::of_profile(view(space.profile));
    ASSERT_FALSE(to_srgb.changes_nothing()) << space.name;
    for (std::size_t i = 0; i < std::size(kStored); ++i) {
      expect_near(converted(to_srgb, kStored[i]), space.expected[i], space.name + (" " + std::to_string(i)));
    }
  }
}

// The light of a level half-way, and in the dark, by each kind of curve.
TEST(ToSrgbTest, EveryKindOfCurveIsRead) {
  struct Kind {
    const char* name;
    FileBytes curve;
    double (*light)(double);
  };
  const auto gamma = [](double x) { return std::pow(x, 1.8); };
  const Kind kinds[] = {{"none", icc_table({}), [](double x) { return x; }},
                        {"gamma", icc_gamma(1.8), [](double x) { return std::pow(x, 461 / 256.0); }},
                        {"two entries", icc_table({0, 65535}), [](double x) { return x; }},
                        {"three entries", icc_table({0, 16384, 65535}),
                         [](double x) { return x < 0.5 ? x * 2 * 0.25 : 0.25 + (x - 0.5) * 2 * 0.75; }},
                        {"parametric 0", icc_parametric(0, {1.8}), gamma},
                        {"parametric 1", icc_parametric(1, {1.8, 1.1, -0.1}),
                         [](double x) { return x < 1 / 11.0 ? 0 : std::pow(1.1 * x - 0.1, 1.8); }},
                        {"parametric 2", icc_parametric(2, {1.8, 1.1, -0.2, 0.15}),
                         [](double x) { return (x < 2 / 11.0 ? 0 : std::pow(1.1 * x - 0.2, 1.8)) + 0.15; }},
                        {"parametric 3", icc_parametric(3, {3, 0.9, 0.1, 0.5, 0.2}),
                         [](double x) { return x < 0.2 ? 0.5 * x : std::pow(0.9 * x + 0.1, 3); }},
                        {"parametric 4", icc_parametric(4, {3, 0.8, 0.1, 0.5, 0.2, 0.1, 0.05}),
                         [](double x) { return x < 0.2 ? 0.5 * x + 0.05 : std::pow(0.8 * x + 0.1, 3) + 0.1; }}};
  for (const Kind& kind : kinds) {
    const ToSrgb to_srgb = ToSrgb::of_profile(view(write_icc({kSrgbColorants, kind.curve})));
    for (int level = 0; level < 256; ++level) {
      const double light = std::clamp(kind.light(level / 255.0), 0.0, 1.0);
      const double encoded = light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
      const int expected = static_cast<int>(std::lround(encoded * 255));
      expect_near(converted(to_srgb, {level, level, level}), {expected, expected, expected},
                  kind.name + (" at " + std::to_string(level)));
    }
  }
}

TEST(ToSrgbTest, ProfilesOfSrgbChangeNothing) {
  for (const FileBytes& curve : {srgb_curve(), srgb_table(1024), srgb_table(4096), srgb_table(256)}) {
    EXPECT_TRUE(ToSrgb::of_profile(view(write_icc({kSrgbColorants, curve}))).changes_nothing());
  }
  // Brighter by four levels in the dark: that is to be seen.
  EXPECT_FALSE(ToSrgb::of_profile(view(write_icc({kSrgbColorants, icc_gamma(2.2)}))).changes_nothing());
}

TEST(ToSrgbTest, CurvesAreOfTheirOwnChannels) {
  IccKind kind{kDisplayP3Colorants, srgb_curve()};
  kind.shared_curve = false;
  const ToSrgb apart = ToSrgb::of_profile(view(write_icc(kind)));
  expect_near(converted(apart, {200, 60, 50}), {217, 42, 39}, "three curves");
}

TEST(ToSrgbTest, OtherKindsOfProfilesAreIgnored) {
  const auto expect_ignored = [](const IccKind& kind, const std::string& what) {
    EXPECT_TRUE(ToSrgb::of_profile(view(write_icc(kind))).changes_nothing()) << what;
  };
  const IccKind sound{kDisplayP3Colorants, srgb_curve()};
  IccKind kind = sound;
  kind.device = "prtr";
  expect_ignored(kind, "a printer");
  for (const char* colours : {"CMYK", "GRAY", "Lab "}) {
    kind = sound;
    kind.colours = colours;
    expect_ignored(kind, colours);
  }
  kind = sound;
  kind.connection = "Lab ";
  expect_ignored(kind, "connected by Lab");
  kind = sound;
  kind.colorants[2] = {0.15, 0.07, 1.09};  // white of D65
  expect_ignored(kind, "colorants that were not adapted");
  for (const FileBytes& curve :
       {icc_gamma(0), icc_parametric(0, {0}), icc_parametric(0, {-1}), icc_parametric(5, {1, 1, 0, 0, 0, 0, 0}),
        icc_parametric(4, {2.4, 1}), icc_parametric(1, {2, 0, 1}), FileBytes(12, 'x')}) {
    kind = sound;
    kind.curve = curve;
    expect_ignored(kind, "a curve that makes no sense");
  }
  FileBytes long_one = write_icc(sound);
  long_one.resize(kMaxProfileBytes + 1);
  EXPECT_TRUE(ToSrgb::of_profile(view(long_one)).changes_nothing()) << "too long";
  long_one.pop_back();
  EXPECT_FALSE(ToSrgb::of_profile(view(long_one)).changes_nothing());
  EXPECT_TRUE(ToSrgb::of_profile({}).changes_nothing());
}

// What is left of a profile that is cut off, or whose numbers lie, is ignored or gives colours: never more.
TEST(ToSrgbTest, SurvivesDamagedProfiles) {
  const FileBytes sound = write_icc({kAdobeRgbColorants, srgb_table(64)});
  int ignored = 0;
  const auto feed = [&](const FileBytes& damaged) {
    const FileBytes exact(damaged);  // so that a sanitizer sees one byte too far
    const ToSrgb to_srgb = ToSrgb::of_profile(view(exact));
    ignored += to_srgb.changes_nothing();
    for (const Colour& colour : kStored) converted(to_srgb, colour);
  };
  for (std::size_t size = 0; size < sound.size(); ++size)
    feed({sound.begin(), sound.begin() + static_cast<long>(size)});
  EXPECT_EQ(ignored, static_cast<int>(sound.size())) << "the last tag is a curve that must be there whole";
  for (std::size_t at = 0; at + 4 <= sound.size(); at += 2) {
    for (const std::uint32_t lie : {0u, 1u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu}) {
      FileBytes damaged = sound;
      const FileBytes number = ByteWriter().u32be(lie).bytes;
      std::copy(number.begin(), number.end(), damaged.begin() + static_cast<long>(at));
      feed(damaged);
    }
  }
  std::mt19937 random(3);
  for (int round = 0; round < 3000; ++round) {
    FileBytes damaged =
        round % 2 ? sound : write_icc({kDisplayP3Colorants, icc_parametric(4, {2.4, 0.9, 0.1, 0.1, 0.04, 0, 0})});
    for (unsigned i = 0; i < 1 + random() % 4; ++i)
      damaged[128 + random() % (damaged.size() - 128)] = static_cast<std::uint8_t>(random());
    feed(damaged);
  }
}

}  // namespace
}  // namespace catdog
