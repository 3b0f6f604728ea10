// Broken files: an error or a warning, the same every time, and never a crash.
#include <gtest/gtest.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <cstring>
#include <map>

#include "catdog/photo/preprocess.h"
#include "pictures/png_writer.h"
#include "pictures/raster_writers.h"
#include "pictures/test_pictures.h"

namespace catdog {
namespace {

constexpr int kSize = 32;

Bytes view(const FileBytes& bytes) { return {bytes.data(), bytes.size()}; }

// What came of a file: the message, or the pixels.
std::string outcome(Bytes file) {
  const auto result = preprocess(file, kSize);
  if (!result) return "error: " + result.error().message;
  const char* pixels = reinterpret_cast<const char*>(result->picture.pixels.get());
  return "pixels: " + std::string(pixels, std::size_t{3} * kSize * kSize);
}

// Fills what malloc hands out, where the C library can.
void fill_new_memory(int value) {
#ifdef __GLIBC__
  mallopt(M_PERTURB, value);
#endif
}

TEST(BrokenTest, EveryMessageSaysExpectedAndFound) {
  int errors = 0;
  for (const TestPicture& picture : broken_pictures()) {
    const auto result = preprocess(view(picture.bytes), kSize);
    if (result) continue;
    ++errors;
    const std::string& message = result.error().message;
    EXPECT_EQ(message.rfind("expected ", 0), 0u) << picture.name << ": " << message;
    EXPECT_NE(message.find(", found "), std::string::npos) << picture.name << ": " << message;
    EXPECT_EQ(message.find_first_of("\r\n"), std::string::npos) << picture.name << ": " << message;
  }
  EXPECT_GE(errors, 40);
}

// What is not an error is a picture with a warning.
TEST(BrokenTest, NothingBrokenPassesUnnoticed) {
  for (const TestPicture& picture : broken_pictures()) {
    const auto result = preprocess(view(picture.bytes), kSize);
    EXPECT_TRUE(!result || !result->warning.empty()) << picture.name;
  }
}

// Pixels that the file did not give must not be whatever lay in memory.
TEST(BrokenTest, NoPixelComesFromOldMemory) {
  for (const TestPicture& picture : broken_pictures()) {
    fill_new_memory(0x55);
    const std::string once = outcome(view(picture.bytes));
    fill_new_memory(0xAA);
    const std::string again = outcome(view(picture.bytes));
    fill_new_memory(0);
    EXPECT_TRUE(once == again) << picture.name;
  }
}

// Leaves `value` all over the stack that the next call will use.
__attribute__((noinline)) void fill_old_stack(int value) {
  volatile char stack[64 << 10];
  for (std::size_t i = 0; i < sizeof stack; ++i) stack[i] = static_cast<char>(value);
}

// Indices beyond the end of a palette name no colour that the file gave.
TEST(BrokenTest, NoColourComesFromOldStack) {
  const cv::Mat indices(20, 20, CV_8U, cv::Scalar(200));
  BmpKind bmp;
  bmp.bits = 8;
  const PngKind png = {PNG_COLOR_TYPE_PALETTE, 8, false, {{1, 2, 3}, {4, 5, 6}}, {}, {}, {}};
  for (const FileBytes& file : {write_bmp(indices, bmp, {{1, 2, 3}, {4, 5, 6}}),
                                write_png(20, 20, {indices.datastart, indices.dataend}, png)}) {
    fill_old_stack(0x55);
    const std::string once = outcome(view(file));
    fill_old_stack(0xAA);
    EXPECT_TRUE(once == outcome(view(file)));
    EXPECT_EQ(once.rfind("pixels: ", 0), 0u);
  }
}

TEST(BrokenTest, ProblemsAreToldApart) {
  const std::map<std::string, Problem> expected = {{"empty.jpg", Problem::kNotAPicture},
                                                   {"text.jpg", Problem::kNotAPicture},
                                                   {"zip.png", Problem::kNotAPicture},
                                                   {"document.pdf", Problem::kNotAPicture},
                                                   {"begins-with-bm.bmp", Problem::kNotAPicture},
                                                   {"begins-with-p5.pgm", Problem::kNotAPicture},
                                                   {"zeros.tga", Problem::kNotAPicture},
                                                   {"noise.bin", Problem::kNotAPicture},
                                                   {"header-only.webp", Problem::kNeedsPlatform},
                                                   {"header-only.tiff", Problem::kNeedsPlatform},
                                                   {"giant-65535x65535.png", Problem::kTooLarge},
                                                   {"giant-2147483647x1.png", Problem::kTooLarge},
                                                   {"giant-20000x20000.png", Problem::kTooLarge},
                                                   {"giant.jpg", Problem::kTooLarge},
                                                   {"giant.gif", Problem::kTooLarge},
                                                   {"giant.pgm", Problem::kTooLarge},
                                                   {"giant.psd", Problem::kTooLarge},
                                                   {"zero-width.jpg", Problem::kCorrupt},
                                                   {"two-components.jpg", Problem::kCorrupt},
                                                   {"no-scan.jpg", Problem::kCorrupt},
                                                   {"truncated-at-50.png", Problem::kCorrupt},
                                                   {"colour-type-5.png", Problem::kCorrupt},
                                                   {"truncated.ppm", Problem::kCorrupt},
                                                   {"truncated-16.pgm", Problem::kCorrupt},
                                                   {"white-is-0.pgm", Problem::kCorrupt},
                                                   {"white-is-70000.pgm", Problem::kCorrupt},
                                                   {"zero.pgm", Problem::kCorrupt},
                                                   {"overflow.pgm", Problem::kTooLarge},
                                                   {"lab.psd", Problem::kCorrupt}};
  std::size_t seen = 0;
  for (const TestPicture& picture : broken_pictures()) {
    const auto wanted = expected.find(picture.name.substr(std::strlen("broken/")));
    if (wanted == expected.end()) continue;
    ++seen;
    const auto result = preprocess(view(picture.bytes), kSize);
    ASSERT_FALSE(result) << picture.name;
    EXPECT_EQ(result.error().problem, wanted->second) << picture.name << ": " << result.error().message;
  }
  EXPECT_EQ(seen, expected.size());
}

}  // namespace
}  // namespace catdog
