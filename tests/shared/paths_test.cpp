// Which files of a folder are offered, in what order, and how their paths are written.
#include "catdog/photo/paths.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace catdog {
namespace {

TEST(PathsTest, LeavesOutClutter) {
  for (const char* path :
       {".DS_Store", "a/.DS_Store", ".git/config", "a/.thumbnails/b.jpg", "__MACOSX/a.jpg", "a/__MACOSX/._b.jpg",
        "a/._b.jpg", "Thumbs.db", "a/Thumbs.db", "a/desktop.ini", "...", "a//.b"}) {
    EXPECT_TRUE(is_hidden_or_system_file(path)) << path;
  }
}

TEST(PathsTest, OffersTheRest) {
  for (const char* path : {"a.jpg", "a/b.jpg", "a.b/c.d", "a", "Thumbs.db.jpg", "my__MACOSX/a", "a/b.", "notes.txt", "",
                           "/a/b.jpg", "a//b"}) {
    EXPECT_FALSE(is_hidden_or_system_file(path)) << path;
  }
}

// A path may begin at the current folder or above it: that is no hidden folder.
TEST(PathsTest, DotAndDotDotAreNoDotfiles) {
  EXPECT_FALSE(is_hidden_or_system_file("./a.jpg"));
  EXPECT_FALSE(is_hidden_or_system_file("../photos/a.jpg"));
  EXPECT_TRUE(is_hidden_or_system_file("./.hidden/a.jpg"));
}

TEST(PathsTest, OrdersByBytes) {
  std::vector<std::string> paths = {"b", "\xC3\xA4", "a/b", "a b", "a", "B", "\xF0\x9F\x90\x88", "\xEF\xBC\xA1", "a.b"};
  std::sort(paths.begin(), paths.end(), path_less);
  const std::vector<std::string> by_hand = {
      "B", "a", "a b", "a.b", "a/b", "b", "\xC3\xA4", "\xEF\xBC\xA1", "\xF0\x9F\x90\x88"};
  EXPECT_EQ(paths, by_hand);
}

TEST(EscapePathTest, OrdinaryPathsStayAsTheyAre) {
  for (const char* path : {"", "a/b.jpg", "K\xC3\xA4tzchen/\xE7\x8C\xAB.jpg", "two\nlines", "a\\b", "a\\\\b",
                           "\\x41.jpg", "\\xe9.jpg", "\\x7F", "\\xE", "\\xZZ", "\x1B[2J", "\xE2\x80\xAE"}) {
    EXPECT_EQ(escape_path(path), path);
    EXPECT_EQ(unescape_path(path), path);
  }
}

TEST(EscapePathTest, BytesThatAreNotUtf8) {
  EXPECT_EQ(escape_path("K\xE9tz/1.jpg"), "K\\xE9tz/1.jpg");
  EXPECT_EQ(escape_path("\xFF\x80"), "\\xFF\\x80");
  EXPECT_EQ(escape_path("\xC3\xA4\\b\xE9"), "\xC3\xA4\\\\b\\xE9") << "backslashes are doubled, but only there";
  EXPECT_EQ(escape_path("K\\xE9tz"), "K\\\\xE9tz") << "what reads like an escape is told from one";
}

// All paths of up to 6 of these pieces, which stand for all that escaping tells apart.
TEST(EscapePathTest, NoTwoPathsBecomeTheSameAndEachComesBack) {
  const std::vector<std::string> pieces = {"\\", "xE9", "\xE9", "a", "\xC3\xA9"};
  std::vector<std::string> paths = {""};
  for (std::size_t begin = 0, length = 0; length < 6; ++length) {
    const std::size_t end = paths.size();
    for (; begin < end; ++begin) {
      for (const std::string& piece : pieces) paths.push_back(paths[begin] + piece);
    }
  }
  std::set<std::string> texts;
  for (const std::string& path : paths) {
    const std::string text = escape_path(path);
    EXPECT_EQ(unescape_path(text), path);
    texts.insert(text);
  }
  EXPECT_EQ(texts.size(), std::set<std::string>(paths.begin(), paths.end()).size());
}

}  // namespace
}  // namespace catdog
