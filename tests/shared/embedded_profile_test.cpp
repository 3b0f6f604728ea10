// Where each format keeps its colour profile, and that a stranger's files are harmless.
#include <gtest/gtest.h>

#include <algorithm>

#include "catdog/photo/preprocess.h"
#include "colours.h"
#include "pictures/byte_writer.h"
#include "pictures/icc_writer.h"
#include "pictures/jpeg_writer.h"
#include "pictures/painter.h"
#include "pictures/png_writer.h"
#include "pictures/raster_writers.h"
#include "pictures/test_pictures.h"

namespace catdog {
namespace {

FileBytes pixels_of(const Result<Preprocessed>& photo) {
  if (!photo) {
    ADD_FAILURE() << photo.error().message;
    return {};
  }
  return {photo->picture.pixels.get(),
          photo->picture.pixels.get() + photo->picture.row_bytes() * photo->picture.height};
}

// Files with the profile and without: the pixels of the first are those of the second, converted.
void expect_converted(const FileBytes& with, const FileBytes& without, const FileBytes& profile,
                      const std::string& what) {
  constexpr int kSize = 16;
  auto plain = preprocess(view(without), kSize);
  ASSERT_TRUE(plain) << what;
  const FileBytes stored = pixels_of(plain);
  ToSrgb::of_profile(view(profile)).apply(plain->picture);
  EXPECT_NE(pixels_of(plain), stored) << what;
  EXPECT_EQ(pixels_of(preprocess(view(with), kSize)), pixels_of(plain)) << what;
}

TEST(EmbeddedProfileTest, ProfilesAreFoundInJpegPngAndPsd) {
  const cv::Mat rgb = paint(40, 30, 4);
  const FileBytes profile = adobe_rgb_profile();
  JpegKind jpeg;
  PngKind png;
  PsdKind psd;
  const std::vector<std::uint16_t> samples(rgb.datastart, rgb.dataend);
  const FileBytes plain_jpeg = write_jpeg(rgb, jpeg), plain_png = write_png(rgb.cols, rgb.rows, samples, png),
                  plain_psd = write_psd(rgb, psd);
  jpeg.icc = png.icc = psd.icc = profile;
  expect_converted(write_jpeg(rgb, jpeg), plain_jpeg, profile, "JPEG");
  expect_converted(write_png(rgb.cols, rgb.rows, samples, png), plain_png, profile, "PNG");
  expect_converted(write_psd(rgb, psd), plain_psd, profile, "PSD");
  psd.large = true;
  expect_converted(write_psd(rgb, psd), plain_psd, profile, "PSB");
}

// One piece of a JPEG's profile, as a segment.
FileBytes piece(unsigned number, unsigned count, const FileBytes& part) {
  ByteWriter out;
  out.u16be(0xFFE2).u16be(static_cast<unsigned>(2 + 14 + part.size())).text("ICC_PROFILE").u8(0).u8(number).u8(count);
  return out.append(part).bytes;
}

FileBytes with_segments(const FileBytes& jpeg, const std::vector<FileBytes>& segments) {
  ByteWriter out;
  out.append({jpeg.begin(), jpeg.begin() + 2});
  for (const FileBytes& segment : segments) out.append(segment);
  return out.append({jpeg.begin() + 2, jpeg.end()}).bytes;
}

TEST(EmbeddedProfileTest, PiecesOfAJpegsProfileComeInAnyOrder) {
  const FileBytes profile = adobe_rgb_profile(), plain = write_jpeg(paint(40, 30, 5), {});
  const auto third = static_cast<long>(profile.size() / 3);
  const FileBytes first(profile.begin(), profile.begin() + third),
      second(profile.begin() + third, profile.begin() + 2 * third), last(profile.begin() + 2 * third, profile.end());
  const auto one = piece(1, 3, first), two = piece(2, 3, second), three = piece(3, 3, last);
  for (const auto& order : {std::vector{one, two, three}, {three, one, two}, {two, three, one}}) {
    expect_converted(with_segments(plain, order), plain, profile, "order");
  }
  for (const auto& wrong : {std::vector{one, two},
                            {one, three},
                            {two, three},
                            {piece(0, 3, first), two, three},
                            {piece(1, 0, profile)},
                            {piece(1, 255, profile)}}) {
    const FileBytes file = with_segments(plain, wrong);
    EXPECT_TRUE(ToSrgb::of_file(view(file)).changes_nothing());
    EXPECT_EQ(pixels_of(preprocess(view(file), 16)), pixels_of(preprocess(view(plain), 16)));
  }
  // Ahead of a JPEG that a server put line ends before, too.
  FileBytes late = with_segments(plain, {one, two, three});
  late.insert(late.begin(), {'\r', '\n'});
  expect_converted(late, plain, profile, "line ends");
}

FileBytes box(const char* type, const FileBytes& content) {
  return ByteWriter().u32be(static_cast<std::uint32_t>(8 + content.size())).text(type).append(content).bytes;
}

// A HEIF file's boxes without its pixels: item 1 has the properties `of_first`, and is made of item 2, which has the
// others.
FileBytes heif(const std::vector<FileBytes>& of_first, const std::vector<FileBytes>& of_second = {}) {
  ByteWriter infos, properties, associations;
  infos.u32be(0).u16be(2);
  for (unsigned id = 1; id <= 2; ++id)
    infos.append(box("infe", ByteWriter().u32be(2u << 24).u16be(id).u16be(0).text("hvc1").u8(0).bytes));
  associations.u32be(0).u32be(2);
  unsigned number = 0;
  for (const auto* of : {&of_first, &of_second}) {
    associations.u16be(of == &of_first ? 1 : 2).u8(static_cast<unsigned>(of->size()));
    for (const FileBytes& property : *of) {
      properties.append(box("colr", property));
      associations.u8(++number);
    }
  }
  ByteWriter meta;
  meta.u32be(0).append(box("pitm", ByteWriter().u32be(0).u16be(1).bytes)).append(box("iinf", infos.bytes));
  meta.append(
      box("iref", ByteWriter().u32be(0).append(box("dimg", ByteWriter().u16be(1).u16be(1).u16be(2).bytes)).bytes));
  meta.append(
      box("iprp", ByteWriter().append(box("ipco", properties.bytes)).append(box("ipma", associations.bytes)).bytes));
  return ByteWriter()
      .append(box("ftyp", ByteWriter().text("heic").u32be(0).text("mif1").bytes))
      .append(box("meta", meta.bytes))
      .bytes;
}

FileBytes nclx(unsigned primaries, unsigned transfer) {
  return ByteWriter().text("nclx").u16be(primaries).u16be(transfer).u16be(6).u8(0x80).bytes;
}

TEST(EmbeddedProfileTest, ProfilesAreFoundInHeif) {
  const FileBytes prof = ByteWriter().text("prof").append(display_p3_profile()).bytes,
                  ricc = ByteWriter().text("rICC").append(display_p3_profile()).bytes;
  const Colour p3 = {217, 42, 39};
  const auto of = [](const FileBytes& file) { return converted(ToSrgb::of_file(view(file)), {200, 60, 50}); };
  expect_near(of(heif({prof})), p3, "prof");
  expect_near(of(heif({ricc})), p3, "rICC");
  expect_near(of(heif({nclx(1, 13), prof})), p3, "numbers beside a profile");
  expect_near(of(heif({prof, nclx(1, 13)})), p3, "a profile beside numbers");
  expect_near(of(heif({}, {prof})), p3, "of the first tile");
  expect_near(of(heif({nclx(12, 13)})), p3, "primaries of Display P3");
  EXPECT_EQ(of(heif({nclx(12, 16)})), (Colour{200, 60, 50})) << "high dynamic range";
  EXPECT_EQ(of(heif({nclx(1, 13)})), (Colour{200, 60, 50})) << "sRGB";
  EXPECT_EQ(of(heif({nclx(1, 13)}, {prof})), (Colour{200, 60, 50})) << "the picture's own word";
  EXPECT_EQ(of(heif({}, {})), (Colour{200, 60, 50}));
  // LittleCMS again: Rec. 2020's primaries with sRGB's curve.
  expect_near(of(heif({nclx(9, 1)})), {247, 0, 39}, "primaries of Rec. 2020");
}

TEST(EmbeddedProfileTest, ProfilesAreFoundInTiffWebpAndJpeg2000) {
  const FileBytes profile = display_p3_profile();
  const auto size = static_cast<std::uint32_t>(profile.size());
  const Colour p3 = {217, 42, 39};
  const auto of = [](const FileBytes& file) { return converted(ToSrgb::of_file(view(file)), {200, 60, 50}); };
  const FileBytes big = ByteWriter()
                            .text("MM")
                            .u16be(42)
                            .u32be(8)
                            .u16be(2)
                            .u16be(256)
                            .u16be(4)
                            .u32be(1)
                            .u32be(7)
                            .u16be(34675)
                            .u16be(7)
                            .u32be(size)
                            .u32be(38)
                            .u32be(0)
                            .append(profile)
                            .bytes;
  const FileBytes little = ByteWriter()
                               .text("II")
                               .u16le(42)
                               .u32le(8)
                               .u16le(2)
                               .u16le(256)
                               .u16le(4)
                               .u32le(1)
                               .u32le(7)
                               .u16le(34675)
                               .u16le(7)
                               .u32le(size)
                               .u32le(38)
                               .u32le(0)
                               .append(profile)
                               .bytes;
  expect_near(of(big), p3, "TIFF, big-endian");
  expect_near(of(little), p3, "TIFF, little-endian");
  for (const auto& picture : profile_pictures()) {
    if (picture.name == "profile/display-p3.webp") expect_near(of(picture.bytes), p3, "WebP");
  }
  const FileBytes signature = {0, 0, 0, 12, 'j', 'P', ' ', ' ', '\r', '\n', 0x87, '\n'};
  for (const unsigned method : {1u, 2u, 3u}) {
    const FileBytes colr = box("colr", ByteWriter().u8(method).u16be(0).append(profile).bytes);
    const FileBytes file = ByteWriter().append(signature).append(box("ftyp", {})).append(box("jp2h", colr)).bytes;
    expect_near(of(file), method == 1 ? Colour{200, 60, 50} : p3, "JPEG 2000");
  }
}

// Each container cut off everywhere, and with every number of its own lying: pictures, errors, but no trouble.
TEST(EmbeddedProfileTest, SurvivesDamagedContainers) {
  const cv::Mat rgb = paint(3, 2, 6);
  const FileBytes prof = ByteWriter().text("prof").append(display_p3_profile()).bytes;
  std::vector<FileBytes> files = {heif({prof}, {nclx(12, 13)})};
  for (const auto& picture : profile_pictures()) {
    if (picture.bytes.size() < 2000) files.push_back(picture.bytes);
  }
  EXPECT_GE(files.size(), 3u);
  PsdKind psd;
  psd.icc = display_p3_profile();
  files.push_back(write_psd(rgb, psd));
  for (const FileBytes& sound : files) {
    EXPECT_FALSE(ToSrgb::of_file(view(sound)).changes_nothing());
    for (std::size_t size = 0; size < sound.size(); ++size) {
      const FileBytes cut(sound.begin(), sound.begin() + static_cast<long>(size));
      ToSrgb::of_file(view(cut));
      preprocess(view(cut), 4);
    }
    for (std::size_t at = 0; at < std::min<std::size_t>(sound.size(), 400); ++at) {
      for (const int lie : {0, 1, 0x7F, 0x80, 0xFF}) {
        FileBytes damaged = sound;
        damaged[at] = static_cast<std::uint8_t>(lie);
        ToSrgb::of_file(view(damaged));
      }
    }
  }
}

}  // namespace
}  // namespace catdog
