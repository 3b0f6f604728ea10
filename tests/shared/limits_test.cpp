// Gigantic promises are refused before anything is allocated: in a process with little memory, and fast.
#include "catdog/photo/limits.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <functional>

#include "catdog/photo/decode.h"
#include "catdog/photo/preprocess.h"
#include "pictures/jpeg_writer.h"
#include "pictures/painter.h"
#include "pictures/test_pictures.h"
#include "support/test_data.h"

namespace catdog {
namespace {

constexpr rlim_t kSpareMemory = rlim_t{64} << 20;  // a hundredth of what the bombs would take

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;  // its shadow memory needs more address space than any limit would leave
#else
constexpr bool kSanitized = false;
#endif

Bytes view(const FileBytes& bytes) { return {bytes.data(), bytes.size()}; }

std::size_t address_space_in_use() {
  std::size_t pages = 0;
  if (std::FILE* statm = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(statm, "%zu", &pages) != 1) pages = 0;
    std::fclose(statm);
  }
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// The exit code of `work` in a child that may allocate kSpareMemory, no more; -1 where it died.
int run_in_little_memory(const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    const rlim_t most = address_space_in_use() + kSpareMemory;
    const rlimit limit{most, most};
    if (!kSanitized && setrlimit(RLIMIT_AS, &limit) != 0) _exit(99);
    _exit(work());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// 1 + the problem, 0 where there was none.
int problem_code(const FileBytes& file) {
  const auto result = preprocess(view(file), 128);
  return result ? 0 : 1 + static_cast<int>(result.error().problem);
}
constexpr int kRefused = 1 + static_cast<int>(Problem::kTooLarge);

TEST(LimitsTest, GiantPicturesAreRefusedInLittleMemory) {
  int tried = 0;
  for (const TestPicture& picture : broken_pictures()) {
    if (picture.name.find("giant") == std::string::npos) continue;
    ++tried;
    EXPECT_EQ(run_in_little_memory([&] { return problem_code(picture.bytes); }), kRefused) << picture.name;
  }
  EXPECT_GE(tried, 8);
}

TEST(LimitsTest, BombsAreRefusedInLittleMemory) {
  const auto data = test_data();
  if (data.empty()) GTEST_SKIP() << kNoTestData;
  const auto bombs = files_in(data / "formats/bombs");
  ASSERT_FALSE(bombs.empty());
  for (const auto& file : bombs) {
    const FileBytes bytes = bytes_of(file);
    EXPECT_EQ(run_in_little_memory([&] { return problem_code(bytes); }), kRefused) << file;
  }
}

// The limit on memory is real: a picture within all limits, and larger than the spare memory, cannot be had there.
TEST(LimitsTest, LittleMemoryIsAnErrorNotACrash) {
  if (kSanitized) GTEST_SKIP() << "AddressSanitizer and a limit on memory exclude each other";
  std::string file = "P6\n6000 6000\n255\n";
  file.resize(file.size() + 6000 * 6000 * 3);
  const FileBytes bytes(file.begin(), file.end());
  EXPECT_EQ(run_in_little_memory([&] { return problem_code(bytes); }), 1 + static_cast<int>(Problem::kNoMemory));
  EXPECT_EQ(problem_code(bytes), 0);
}

TEST(LimitsTest, MessagesNameTheLimitAndTheSize) {
  const auto pictures = broken_pictures();
  const auto giant = std::find_if(pictures.begin(), pictures.end(), [](const TestPicture& picture) {
    return picture.name == "broken/giant-20000x20000.png";
  });
  ASSERT_NE(giant, pictures.end());
  const auto result = preprocess(view(giant->bytes), 128);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "expected at most 100 megapixels, found 20000×20000");
}

// A file whose picture, said to be of `side` × `side` pixels, is refined by so many scans that give nothing.
FileBytes jpeg_of_scans(int scans, int side = 64) {
  JpegKind kind;
  kind.colours = JpegColours::kGrey;
  kind.progressive = true;
  const FileBytes file = write_jpeg(paint(64, 64, 1), kind);
  const FileBytes marker{0xFF, 0xDA};
  const auto scan = std::search(file.begin(), file.end(), marker.begin(), marker.end());
  FileBytes bytes(file.begin(), scan);
  const FileBytes frame{0xFF, 0xC2};  // its length (2), the precision (1), height and width (2 each)
  const auto size = std::search(bytes.begin(), bytes.end(), frame.begin(), frame.end()) + 5;
  for (int i : {0, 2}) {
    size[i] = static_cast<std::uint8_t>(side >> 8);
    size[i + 1] = static_cast<std::uint8_t>(side & 0xFF);
  }
  for (int i = 0; i < scans; ++i) bytes.insert(bytes.end(), scan, scan + 10);
  bytes.insert(bytes.end(), {0xFF, 0xD9});
  return bytes;
}

TEST(LimitsTest, AJpegOfEndlessScansIsRefused) {
  for (const int cover : {0, 8, 64}) {
    EXPECT_TRUE(decode(view(jpeg_of_scans(kMaxScans)), cover)) << cover;
    const auto result = decode(view(jpeg_of_scans(kMaxScans + 1)), cover);
    ASSERT_FALSE(result) << cover;
    EXPECT_EQ(result.error().problem, Problem::kTooLarge);
    EXPECT_EQ(result.error().message, "expected a JPEG picture of at most 500 scans, found more");
  }
}

// Each scan costs time for all blocks: few are enough for a photo.
TEST(LimitsTest, ALargeJpegMayHaveFewerScans) {
  EXPECT_EQ(most_jpeg_blocks(0), 12'000'000u);
  EXPECT_EQ(most_jpeg_blocks(1'000'000), 14'000'000u);
  EXPECT_EQ(most_jpeg_blocks(kMaxFileBytes), 40'000'000u);
  constexpr int kSide = 4000, kScans = 47;  // of 250,000 blocks
  for (const int cover : {0, 16, 3000}) {
    const int most = cover == 0 ? kScans : kScans / 2;  // what is damaged is read again, at another scale
    EXPECT_TRUE(decode(view(jpeg_of_scans(most, kSide)), cover)) << cover;
    const auto result = decode(view(jpeg_of_scans(most + 2, kSide)), cover);
    ASSERT_FALSE(result) << cover;
    EXPECT_EQ(result.error().problem, Problem::kTooLarge);
    EXPECT_NE(result.error().message.find("blocks over all scans, found more (4000×4000 pixels)"), std::string::npos)
        << result.error().message;
  }
}

// The blocks of one scan, read again at another scale because it is damaged.
TEST(LimitsTest, ASecondAttemptHasOnlyWhatTheFirstOneLeft) {
  JpegKind kind;
  FileBytes file = write_jpeg(paint(64, 64, 1), kind);
  const FileBytes frame{0xFF, 0xC0};
  const auto size = std::search(file.begin(), file.end(), frame.begin(), frame.end()) + 5;
  const auto claim = [&](int width, int height) {
    const int sides[] = {height, width};
    for (int i : {0, 1}) {
      size[2 * i] = static_cast<std::uint8_t>(sides[i] >> 8);
      size[2 * i + 1] = static_cast<std::uint8_t>(sides[i] & 0xFF);
    }
  };
  claim(10'000, 10'000);  // 4.7 million blocks, and again
  const auto twice = decode(view(file), 128);
  ASSERT_TRUE(twice) << twice.error().message;
  EXPECT_FALSE(twice->warning.empty());
  claim(13'000, 12'000);  // 7.3
  const auto once = decode(view(file), 128);
  ASSERT_FALSE(once);
  EXPECT_EQ(once.error().problem, Problem::kTooLarge);
}

// The usual script has 10 scans. A picture of one colour has the fewest bytes, and so the fewest blocks to spend.
TEST(LimitsTest, AProgressivePhotoOf50MegapixelsIsDecoded) {
  JpegKind kind;
  kind.progressive = true;
  const FileBytes file = write_jpeg(cv::Mat(5800, 8700, CV_8UC3, cv::Scalar(200, 100, 50)), kind);
  const auto decoded = decode(view(file), 3000);
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded->width, 8700);
  EXPECT_EQ(decoded->warning, "");
}

TEST(LimitsTest, APngThatUnpacksToTooMuchIsToldSo) {
  const auto pictures = broken_pictures();
  const auto deep = std::find_if(pictures.begin(), pictures.end(), [](const TestPicture& picture) {
    return picture.name == "broken/giant-9000x8000-16-bit-with-alpha.png";
  });
  ASSERT_NE(deep, pictures.end());
  EXPECT_EQ(preprocess(view(deep->bytes), 128).error().message,
            "expected a PNG picture that unpacks to at most 512 MiB, found 550 MiB");
}

TEST(LimitsTest, AFileThatIsTooLargeIsNotLookedAt) {
  const std::uint8_t one_byte = 0;  // nothing else of the file is there to be read
  const auto result = preprocess({&one_byte, kMaxFileBytes + 1}, 128);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().problem, Problem::kTooLarge);
  EXPECT_EQ(result.error().message, "expected a file of at most 512 MiB, found 512 MiB");
}

}  // namespace
}  // namespace catdog
