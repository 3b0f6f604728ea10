// Sound pictures cut short and scratched in a thousand ways, always the same ones: for the sanitizers to watch.
#include <gtest/gtest.h>

#include <random>

#include "catdog/photo/orientation.h"
#include "catdog/photo/preprocess.h"
#include "pictures/test_pictures.h"

namespace catdog {
namespace {

constexpr int kSize = 16;
constexpr std::size_t kLargestFile = 12000;  // larger ones are the same kinds again, and slow

// Exactly as many bytes as the file has, so that a sanitizer sees its end.
void survive(const FileBytes& file, int& errors) {
  const FileBytes exact(file);
  const Bytes bytes{exact.data(), exact.size()};
  const auto result = preprocess(bytes, kSize);
  const int orientation = exif_orientation(bytes);
  EXPECT_TRUE(orientation >= 1 && orientation <= 8);
  if (!result) {
    ++errors;
    EXPECT_FALSE(result.error().message.empty());
    return;
  }
  EXPECT_EQ(result->picture.width, kSize);
  EXPECT_GT(result->width, 0);
  EXPECT_GT(result->height, 0);
}

TEST(MutationTest, CutAnywhere) {
  int errors = 0;
  for (const TestPicture& picture : sound_pictures()) {
    if (picture.bytes.size() > kLargestFile) continue;
    for (std::size_t length = 0; length < 40; ++length) {
      survive({picture.bytes.begin(), picture.bytes.begin() + std::min(length, picture.bytes.size())}, errors);
    }
    for (std::size_t part = 1; part < 10; ++part) {
      survive({picture.bytes.begin(), picture.bytes.begin() + picture.bytes.size() * part / 10}, errors);
    }
  }
  EXPECT_GE(errors, 1000);
}

TEST(MutationTest, ScratchedAnywhere) {
  std::mt19937 random(1);
  int errors = 0;
  for (const TestPicture& picture : sound_pictures()) {
    if (picture.bytes.size() > kLargestFile) continue;
    for (int round = 0; round < 12; ++round) {
      FileBytes file = picture.bytes;
      // Half of the scratches fall into the header, where they do most harm.
      const std::size_t within = round % 2 ? file.size() : std::min<std::size_t>(file.size(), 64);
      for (int i = 0; i <= round; ++i) file[random() % within] = static_cast<std::uint8_t>(random());
      survive(file, errors);
    }
  }
  EXPECT_GE(errors, 100);
}

}  // namespace
}  // namespace catdog
