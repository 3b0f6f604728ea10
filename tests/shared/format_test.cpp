// Formats are told by their first bytes.
#include "catdog/photo/format.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace catdog {
namespace {

using std::string_literals::operator""s;

Bytes view(const std::string& text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }
Format sniff(const std::string& text) { return sniff_format(view(text)); }
std::string describe(const std::string& text) { return describe_bytes(view(text)); }

// The 18 bytes of a TGA header.
std::string tga(int map_type, int type, int map_bits, int width, int height, int bits, int descriptor = 0) {
  std::string header(18, '\0');
  header[1] = static_cast<char>(map_type);
  header[2] = static_cast<char>(type);
  header[5] = static_cast<char>(map_type);  // one palette entry
  header[7] = static_cast<char>(map_bits);
  header[12] = static_cast<char>(width);
  header[14] = static_cast<char>(height);
  header[16] = static_cast<char>(bits);
  header[17] = static_cast<char>(descriptor);
  return header;
}

TEST(FormatTest, KnowsEachSignature) {
  EXPECT_EQ(sniff("\xFF\xD8\xFF\xE0"), Format::kJpeg);
  EXPECT_EQ(sniff("\x89PNG\r\n\x1A\n"), Format::kPng);
  EXPECT_EQ(sniff("GIF87a"), Format::kGif);
  EXPECT_EQ(sniff("GIF89a"), Format::kGif);
  EXPECT_EQ(sniff("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01"s), Format::kBmp);
  EXPECT_EQ(sniff("8BPS\0\x01"s), Format::kPsd);
  EXPECT_EQ(sniff("P5\n1 1\n255\n\0"s), Format::kPnm);
  EXPECT_EQ(sniff("P6 # a comment\n1 1\n255\nabc"), Format::kPnm);
  EXPECT_EQ(sniff("P6\n#c\n 1 1\n255\nabc"), Format::kPnm);
  EXPECT_EQ(sniff("RIFF....WEBPVP8 "), Format::kWebp);
  EXPECT_EQ(sniff("II*\0"s), Format::kTiff);
  EXPECT_EQ(sniff("MM\0*"s), Format::kTiff);
  EXPECT_EQ(sniff("\0\0\0\x0CjP  \r\n\x87\n"s), Format::kJpeg2000);
  EXPECT_EQ(sniff("\xFF\x4F\xFF\x51"), Format::kJpeg2000);
}

TEST(FormatTest, TellsAvifAndHeicFromFilms) {
  EXPECT_EQ(sniff("\0\0\0\x1C"s + "ftypavif\0\0\0\0mif1miafMA1B"s), Format::kAvif);
  EXPECT_EQ(sniff("\0\0\0\x18"s + "ftypmif1\0\0\0\0mif1avif"s), Format::kAvif);
  EXPECT_EQ(sniff("\0\0\0\x18"s + "ftypheic\0\0\0\0mif1heic"s), Format::kHeic);
  EXPECT_EQ(sniff("\0\0\0\x18"s + "ftypmp42\0\0\0\0isommp42"s), Format::kUnknown);
  EXPECT_EQ(sniff("\0\0\0\x10"s + "ftypqt  \0\0\0\0avif"s), Format::kUnknown) << "a brand after the end of the box";
  EXPECT_EQ(describe("\0\0\0\x18"s + "ftypmp42\0\0\0\0isommp42"s), "a film");
}

TEST(FormatTest, TextThatBeginsLikeAPictureIsText) {
  for (const char* text : {"BMW and other cars are not in this folder", "P5 is the fifth of our parts", "P6", "P5\n",
                           "P6 cannot be done before P5", "GIF is a format", "MM-hm", "II. The second chapter",
                           "P6: what comes next", "RIFF is no word, WEBP is none"}) {
    EXPECT_EQ(sniff(text), Format::kUnknown) << text;
    EXPECT_EQ(describe(text), "text") << text;
  }
}

TEST(FormatTest, KnowsTga) {
  EXPECT_EQ(sniff(tga(0, 2, 0, 1, 1, 24) + "abc"), Format::kTga);
  EXPECT_EQ(sniff(tga(0, 3, 0, 1, 1, 8) + "a"), Format::kTga);
  EXPECT_EQ(sniff(tga(1, 1, 24, 1, 1, 8) + "rgb" + "\0"s), Format::kTga);
  EXPECT_EQ(sniff(tga(0, 10, 0, 64, 2, 32) + "\x7F....\x7F...."), Format::kTga);
}

TEST(FormatTest, RefusesTgaLookAlikes) {
  EXPECT_EQ(sniff(tga(0, 2, 0, 1, 1, 24) + "ab"), Format::kUnknown) << "pixels are missing";
  EXPECT_EQ(sniff(tga(0, 2, 0, 0, 1, 24) + "abc"), Format::kUnknown) << "no width";
  EXPECT_EQ(sniff(tga(0, 2, 0, 1, 0, 24) + "abc"), Format::kUnknown) << "no height";
  EXPECT_EQ(sniff(tga(0, 4, 0, 1, 1, 24) + "abc"), Format::kUnknown) << "no such type";
  EXPECT_EQ(sniff(tga(0, 2, 0, 1, 1, 23) + "abc"), Format::kUnknown) << "no such depth";
  EXPECT_EQ(sniff(tga(1, 2, 0, 1, 1, 24) + "abc"), Format::kUnknown) << "a palette where none belongs";
  EXPECT_EQ(sniff(tga(0, 1, 0, 1, 1, 8) + "abcd"), Format::kUnknown) << "a palette is missing";
  EXPECT_EQ(sniff(tga(0, 2, 0, 1, 1, 24, 0xC0) + "abc"), Format::kUnknown) << "reserved bits";
  EXPECT_EQ(sniff(std::string(100, '\0')), Format::kUnknown);
  std::string with_id = tga(0, 2, 0, 1, 1, 24) + "abc";
  with_id[0] = 1;
  EXPECT_EQ(sniff(with_id), Format::kUnknown) << "the identification takes one of the three bytes";
  EXPECT_EQ(sniff(with_id + "d"), Format::kTga);
}

TEST(FormatTest, AnyPrefixIsSafe) {
  const std::string whole = tga(1, 9, 24, 3, 3, 8) + "P6 12 12 255 ";
  for (const std::string& text : {whole, "\0\0\0\x1C"s + "ftypavif\0\0\0\0mif1miafMA1B"s, "RIFF....WEBPVP8 "s}) {
    for (std::size_t length = 0; length <= text.size(); ++length) {
      const std::vector<std::uint8_t> exact(text.begin(), text.begin() + length);  // so that a sanitizer sees its end
      EXPECT_NE(format_name(sniff_format({exact.data(), exact.size()})), nullptr);
      EXPECT_FALSE(describe_bytes({exact.data(), exact.size()}).empty());
    }
  }
}

TEST(FormatTest, DescribesWhatIsNoPicture) {
  EXPECT_EQ(describe(""), "an empty file");
  EXPECT_EQ(describe("%PDF-1.7"), "a PDF document");
  EXPECT_EQ(describe("PK\x03\x04...."), "a ZIP archive or office document");
  EXPECT_EQ(describe("\x7F"
                     "ELF\x02"),
            "a program");
  EXPECT_EQ(describe("Dear cat,\n\tthis is text.\r\n"), "text");
  EXPECT_EQ(describe("Gr\xC3\xBC\xC3\x9F"
                     "e"),
            "text");
  EXPECT_EQ(describe("\x01\x02\xFE\xFF\x05"), "the bytes 01 02 FE FF");
  EXPECT_EQ(describe("\x01"), "the bytes 01");
  EXPECT_EQ(describe("\xFF\xD8"), "the bytes FF D8") << "the rest of a JPEG is no text";
}

TEST(FormatTest, NamesAndDecodersOfAllFormats) {
  const std::vector<std::pair<Format, std::string>> names = {
      {Format::kJpeg, "JPEG"}, {Format::kPng, "PNG"},   {Format::kGif, "GIF"},   {Format::kBmp, "BMP"},
      {Format::kPsd, "PSD"},   {Format::kPnm, "PNM"},   {Format::kTga, "TGA"},   {Format::kWebp, "WebP"},
      {Format::kAvif, "AVIF"}, {Format::kHeic, "HEIC"}, {Format::kTiff, "TIFF"}, {Format::kJpeg2000, "JPEG 2000"}};
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(format_name(names[i].first), names[i].second);
    EXPECT_EQ(is_decoded_by_core(names[i].first), i < 7) << names[i].second;
  }
  EXPECT_STREQ(format_name(Format::kUnknown), "unknown");
  EXPECT_FALSE(is_decoded_by_core(Format::kUnknown));
}

}  // namespace
}  // namespace catdog
