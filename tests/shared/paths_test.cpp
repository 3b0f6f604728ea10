// Which files of a folder are offered, and in what order.
#include "catdog/photo/paths.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace catdog {
namespace {

TEST(PathsTest, LeavesOutClutter) {
  for (const char* path :
       {".DS_Store", "a/.DS_Store", ".git/config", "a/.thumbnails/b.jpg", "__MACOSX/a.jpg", "a/__MACOSX/._b.jpg",
        "a/._b.jpg", "Thumbs.db", "a/Thumbs.db", "a/desktop.ini", "...", "a//.b"}) {
    EXPECT_TRUE(is_clutter(path)) << path;
  }
}

TEST(PathsTest, OffersTheRest) {
  for (const char* path : {"a.jpg", "a/b.jpg", "a.b/c.d", "a", "Thumbs.db.jpg", "my__MACOSX/a", "a/b.", "notes.txt", "",
                           "/a/b.jpg", "a//b"}) {
    EXPECT_FALSE(is_clutter(path)) << path;
  }
}

// A path may begin at the current folder or above it: that is no hidden folder.
TEST(PathsTest, DotAndDotDotAreNoDotfiles) {
  EXPECT_FALSE(is_clutter("./a.jpg"));
  EXPECT_FALSE(is_clutter("../photos/a.jpg"));
  EXPECT_TRUE(is_clutter("./.hidden/a.jpg"));
}

TEST(PathsTest, OrdersByBytes) {
  std::vector<std::string> paths = {"b", "\xC3\xA4", "a/b", "a b", "a", "B", "\xF0\x9F\x90\x88", "\xEF\xBC\xA1", "a.b"};
  std::sort(paths.begin(), paths.end(), path_less);
  const std::vector<std::string> by_hand = {
      "B", "a", "a b", "a.b", "a/b", "b", "\xC3\xA4", "\xEF\xBC\xA1", "\xF0\x9F\x90\x88"};
  EXPECT_EQ(paths, by_hand);
}

}  // namespace
}  // namespace catdog
