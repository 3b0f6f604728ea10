// What the core refuses of files that other libraries decode, before those see them.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "catdog/photo/decode.h"
#include "catdog/photo/limits.h"
#include "catdog/photo/orientation.h"
#include "pictures/byte_writer.h"

namespace catdog {
namespace {

using FileBytes = std::vector<std::uint8_t>;

struct Item {
  const char* type = "av01";
  unsigned width = 64, height = 64;
  FileBytes data = {};
  std::vector<unsigned> sources = {};  // numbers of items, from 1
  unsigned alpha_of = 0;
};

FileBytes box(const char* type, const FileBytes& content) {
  return ByteWriter().u32be(static_cast<std::uint32_t>(8 + content.size())).text(type).append(content).bytes;
}

FileBytes reference(const char* type, unsigned from, const std::vector<unsigned>& to) {
  ByteWriter writer;
  writer.u16be(from).u16be(static_cast<unsigned>(to.size()));
  for (const unsigned id : to) writer.u16be(id);
  return box(type, writer.bytes);
}

// The first item is the primary one; the data of all lies in the box idat.
FileBytes heif(const std::vector<Item>& items) {
  ByteWriter infos, locations, references, sizes, associations, data;
  const auto count = static_cast<unsigned>(items.size());
  infos.u32be(0).u16be(count);
  locations.u32be(1 << 24).u16be(0x4400).u16be(count);
  references.u32be(0);
  associations.u32be(0).u32be(count);
  for (unsigned id = 1; id <= count; ++id) {
    const Item& item = items[id - 1];
    infos.append(box("infe", ByteWriter().u32be(2 << 24).u16be(id).u16be(0).text(item.type).u8(0).bytes));
    locations.u16be(id).u16be(1).u16be(0).u16be(1).u32be(static_cast<std::uint32_t>(data.bytes.size()));
    locations.u32be(static_cast<std::uint32_t>(item.data.size()));
    data.append(item.data);
    if (!item.sources.empty()) references.append(reference("dimg", id, item.sources));
    if (item.alpha_of != 0) references.append(reference("auxl", id, {item.alpha_of}));
    sizes.append(box("ispe", ByteWriter().u32be(0).u32be(item.width).u32be(item.height).bytes));
    associations.u16be(id).u8(1).u8(id);
  }
  ByteWriter meta;
  meta.u32be(0).append(box("pitm", ByteWriter().u32be(0).u16be(1).bytes));
  meta.append(box("iloc", locations.bytes)).append(box("iinf", infos.bytes)).append(box("iref", references.bytes));
  meta.append(box("iprp", ByteWriter().append(box("ipco", sizes.bytes)).append(box("ipma", associations.bytes)).bytes));
  meta.append(box("idat", data.bytes));
  return ByteWriter()
      .append(box("ftyp", ByteWriter().text("avif").u32be(0).text("mif1").bytes))
      .append(box("meta", meta.bytes))
      .bytes;
}

FileBytes grid(unsigned columns, unsigned rows, unsigned width, unsigned height) {
  return ByteWriter().u8(0).u8(1).u8(rows - 1).u8(columns - 1).u32be(width).u32be(height).bytes;
}

FileBytes overlay(unsigned width, unsigned height) {
  return ByteWriter().u8(0).u8(1).u32be(0).u32be(0).u32be(width).u32be(height).u32be(0).u32be(0).bytes;
}

Error problem(const FileBytes& file) {
  const FileBytes exact(file);  // so that a sanitizer sees one byte too far
  const auto decoded = decode({exact.data(), exact.size()}, 64);
  return decoded ? Error{Problem::kCorrupt, "decoded"} : decoded.error();
}

void expect_refused(const FileBytes& file, Problem problem_wanted, const std::string& words) {
  const Error found = problem(file);
  EXPECT_EQ(found.problem, problem_wanted) << found.message;
  EXPECT_NE(found.message.find(words), std::string::npos) << found.message;
}

void expect_left_to_the_platform(const FileBytes& file) {
  const Error found = problem(file);
  EXPECT_EQ(found.problem, Problem::kNeedsPlatform) << found.message;
}

TEST(PlatformChecksTest, SoundItemsAreLeftToThePlatform) {
  expect_left_to_the_platform(heif({{}}));
  expect_left_to_the_platform(heif({{"grid", 120, 60, grid(2, 1, 120, 60), {2, 3}}, {}, {}}));
  expect_left_to_the_platform(heif({{"grid", 120, 60, grid(2, 1, 120, 60), {2, 2}}, {}}));
  expect_left_to_the_platform(heif({{"iovl", 100, 90, overlay(100, 90), {2}}, {}}));
  expect_left_to_the_platform(heif({{"iden", 64, 64, {}, {2}}, {}}));
  expect_left_to_the_platform(heif({{}, {"av01", 64, 64, {}, {}, 1}}));  // with alpha
}

TEST(PlatformChecksTest, NoItemIsMadeOfItself) {
  const std::string words = "one made of itself";
  expect_refused(heif({{"iden", 64, 64, {}, {1}}}), Problem::kCorrupt, words);
  expect_refused(heif({{"grid", 64, 64, grid(1, 1, 64, 64), {1}}}), Problem::kCorrupt, words);
  expect_refused(heif({{"iden", 64, 64, {}, {2}}, {"iden", 64, 64, {}, {3}}, {"iden", 64, 64, {}, {2}}}),
                 Problem::kCorrupt, words);
  expect_refused(heif({{"av01", 64, 64, {}, {}, 1}}), Problem::kCorrupt, words);       // its own alpha
  expect_refused(heif({{}, {"iden", 64, 64, {}, {2}}}), Problem::kCorrupt, words);     // not the primary one
  expect_refused(heif({{}, {"iden", 64, 64, {}, {1}, 1}}), Problem::kCorrupt, words);  // alpha made of its master
  std::vector<Item> chain;
  for (unsigned id = 1; id <= 3000; ++id) chain.push_back({"iden", 64, 64, {}, {id + 1}});
  expect_refused(heif(chain), Problem::kCorrupt, "levels");
}

TEST(PlatformChecksTest, SizesAreWhatTheyPromise) {
  expect_refused(heif({{"grid", 78, 78, grid(1, 1, 30000, 30000), {2}}, {}}), Problem::kCorrupt, "78×78");
  expect_refused(heif({{"iovl", 78, 78, overlay(30000, 30000), {2}}, {}}), Problem::kCorrupt, "30000×30000");
  expect_refused(heif({{"grid", 128, 64, grid(2, 1, 128, 64), {2}}, {}}), Problem::kCorrupt, "tiles, found 1");
  expect_refused(heif({{"grid", 128, 64, grid(2, 1, 128, 64), {2, 3}}, {}, {"av01", 32, 64}}), Problem::kCorrupt,
                 "equal tiles");
  expect_refused(heif({{"grid", 130, 64, grid(2, 1, 130, 64), {2, 2}}, {}}), Problem::kCorrupt, "tiles that fill");
  expect_refused(heif({{"grid", 128, 64, {}, {2, 2}}, {}}), Problem::kCorrupt, "with a header");
  expect_refused(heif({{"av01", 20000, 20000}}), Problem::kTooLarge, "at most 100 megapixels, found 20000×20000");
  expect_refused(heif({{"iden", 64, 64, {}, {2}}, {"av01", 20000, 20000}}), Problem::kTooLarge, "100 megapixels");
}

// Bits, the highest of each number first.
FileBytes packed(const std::vector<std::pair<int, std::uint32_t>>& fields) {
  FileBytes bytes;
  int used = 0;
  for (const auto& [count, value] : fields) {
    for (int i = count; i-- > 0; ++used) {
      if (used % 8 == 0) bytes.push_back(0);
      bytes.back() = static_cast<std::uint8_t>(bytes.back() | (value >> i & 1) << (7 - used % 8));
    }
  }
  return bytes;
}

// AV1's temporal delimiter, then a sequence header (5.5.1) of a still picture, or of one of a sequence with all that
// may come before the size.
FileBytes av1(unsigned width, unsigned height, bool still) {
  std::vector<std::pair<int, std::uint32_t>> fields = {{3, 0}, {1, still ? 1 : 0}, {1, still ? 1 : 0}};
  if (still) {
    fields.push_back({5, 31});
  } else {
    fields.insert(fields.end(),
                  {{1, 1}, {32, 1}, {32, 25}, {1, 1}, {3, 0}, {1, 1}, {3, 5}});  // timing; as uvlc: 3 zeros
    fields.insert(fields.end(), {{1, 1}, {5, 9}, {32, 7}, {5, 3}, {5, 3}});      // delays of 10 bits
    fields.insert(fields.end(), {{1, 1}, {5, 1}});                               // two operating points
    fields.insert(fields.end(), {{12, 0}, {5, 8}, {1, 0}, {1, 1}, {10, 5}, {10, 5}, {1, 0}, {1, 1}, {4, 3}});
    fields.insert(fields.end(), {{12, 0}, {5, 7}, {1, 0}, {1, 0}});
  }
  fields.insert(fields.end(), {{4, 15}, {4, 13}, {16, width - 1}, {14, height - 1}, {8, 0}});
  const FileBytes header = packed(fields);
  ByteWriter writer;
  writer.u8(0x12).u8(0).u8(0x0A).u8(static_cast<unsigned>(header.size()));
  return writer.append(header).bytes;
}

TEST(PlatformChecksTest, Av1PicturesHaveTheSizeThatTheFilePromises) {
  for (const bool still : {true, false}) {
    expect_left_to_the_platform(heif({{"av01", 64, 64, av1(64, 64, still)}}));
    expect_left_to_the_platform(heif({{"av01", 64, 64, av1(512, 512, still)}}));  // the smallest of four layers
    expect_refused(heif({{"av01", 78, 78, av1(10000, 10000, still)}}), Problem::kCorrupt, "found 10000×10000");
    expect_refused(heif({{"av01", 78, 78, av1(12000, 12000, still)}}), Problem::kTooLarge, "found 12000×12000");
    expect_refused(heif({{"grid", 128, 64, grid(2, 1, 128, 64), {2, 2}}, {"av01", 64, 64, av1(9000, 9000, still)}}),
                   Problem::kCorrupt, "found 9000×9000");
    const FileBytes whole = av1(10000, 10000, still);
    for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
      const Error found = problem(heif({{"av01", 78, 78, {whole.begin(), whole.begin() + static_cast<long>(size)}}}));
      EXPECT_EQ(found.problem, Problem::kNeedsPlatform) << size << found.message;
    }
  }
}

TEST(PlatformChecksTest, WorkIsBounded) {
  const std::vector<unsigned> many(65280, 2), some(100, 2);
  expect_refused(heif({{"grid", 255, 256, grid(255, 256, 255, 256), many}, {"av01", 1, 1}}), Problem::kTooLarge,
                 "at most 4096 pieces, found 65281");
  // Grids of grids: 10,000 pieces from 200 references.
  expect_refused(heif({{"grid", 640, 640, grid(10, 10, 640, 640), some},
                       {"grid", 64, 64, grid(10, 10, 64, 64), std::vector<unsigned>(100, 3)},
                       {"av01", 7, 7}}),
                 Problem::kTooLarge, "at most 4096 pieces");
  expect_refused(heif({{"grid", 9000, 9000, grid(10, 10, 9000, 9000), some}, {"av01", 9000, 9000}}), Problem::kTooLarge,
                 "at most 400 megapixels in all pieces");
}

TEST(PlatformChecksTest, EveryTruncationIsSurvived) {
  const FileBytes whole = heif({{"grid", 120, 60, grid(2, 1, 120, 60), {2, 3}}, {}, {"av01", 64, 64, {}, {}, 1}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Error found = problem({whole.begin(), whole.begin() + static_cast<long>(size)});
    EXPECT_NE(found.message.find("expected"), std::string::npos) << size;
  }
}

FileBytes webp(const FileBytes& chunks) {
  return ByteWriter()
      .text("RIFF")
      .u32le(static_cast<std::uint32_t>(4 + chunks.size()))
      .text("WEBP")
      .append(chunks)
      .bytes;
}

TEST(PlatformChecksTest, WebpSizes) {
  const auto lossless = [](std::uint32_t width, std::uint32_t height) {
    return ByteWriter().text("VP8L").u32le(5).u8(0x2F).u32le((width - 1) | (height - 1) << 14).u8(0).bytes;
  };
  const auto lossy = [](unsigned width, unsigned height) {
    return ByteWriter().text("VP8 ").u32le(10).u32le(0x9D000010).u16le(0x2A01).u16le(width).u16le(height).bytes;
  };
  const auto canvas = [](unsigned width, unsigned height) {
    ByteWriter writer;
    writer.text("VP8X").u32le(10).u32le(0);
    for (const unsigned side : {width - 1, height - 1}) writer.u16le(side & 0xFFFF).u8(side >> 16);
    return writer.bytes;
  };
  for (const FileBytes& sound : {lossless(100, 50), lossy(100, 50), canvas(100, 50)}) {
    expect_left_to_the_platform(webp(sound));
  }
  const std::string words = "at most 100 megapixels, found 16383×16383";
  for (const FileBytes& giant : {lossless(16383, 16383), lossy(16383, 16383), canvas(16383, 16383)}) {
    expect_refused(webp(giant), Problem::kTooLarge, words);
    expect_refused(webp(ByteWriter().append(canvas(100, 50)).append(giant).bytes), Problem::kTooLarge, words);
    ByteWriter frame;  // of an animation: 1×1, with a giant in it
    frame.text("ANMF").u32le(static_cast<std::uint32_t>(16 + giant.size())).u32le(0).u32le(0).u32le(0).u32le(0);
    expect_refused(webp(ByteWriter().append(canvas(100, 50)).append(frame.append(giant).bytes).bytes),
                   Problem::kTooLarge, words);
  }
}

}  // namespace
}  // namespace catdog
