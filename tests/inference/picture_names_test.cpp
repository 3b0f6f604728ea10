// Where the pictures of --explain go.
#include "inference/picture_names.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace catdog {
namespace {

std::vector<std::string> names_of(const std::vector<std::string>& paths) {
  PictureNames names;
  std::vector<std::string> files;
  for (const std::string& path : paths) files.push_back(names.next(path).string());
  return files;
}

using Names = std::vector<std::string>;

TEST(PictureNamesTest, TheSameFoldersAndName) {
  EXPECT_EQ(names_of({"a/b.jpg", "a/c.jpg", "K\xC3\xA4tz/\xE9 %.jpg"}),
            (Names{"a/b.jpg.png", "a/c.jpg.png", "K\xC3\xA4tz/\xE9 %.jpg.png"}));
}

TEST(PictureNamesTest, NeverLeaveTheFolder) {
  EXPECT_EQ(names_of({"/photos/b.jpg"}), Names{"photos/b.jpg.png"});
  EXPECT_EQ(names_of({"../../etc/./b.jpg"}), Names{"etc/b.jpg.png"});
  EXPECT_EQ(names_of({"..", ".", "/", "", "a/..", "//"}),
            (Names{"photo.png", "photo-2.png", "photo-3.png", "photo-4.png", "a.png", "photo-5.png"}));
}

TEST(PictureNamesTest, NoTwoPhotosShareOne) {
  EXPECT_EQ(names_of({"a.jpg", "a.jpg", "./a.jpg", "/a.jpg", "x/../a.jpg", "a.jpg-2"}),
            (Names{"a.jpg.png", "a.jpg-2.png", "a.jpg-3.png", "a.jpg-4.png", "x/a.jpg.png", "a.jpg-2-2.png"}));
}

// The folder a.png and the picture a.png of the photo a.
TEST(PictureNamesTest, PicturesAndFoldersDoNotMeet) {
  EXPECT_EQ(names_of({"a", "a.png/b", "a.png/c"}), (Names{"a.png", "a.png-2/b.png", "a.png-2/c.png"}));
  EXPECT_EQ(names_of({"a.png/b", "a"}), (Names{"a.png/b.png", "a-2.png"}));
}

TEST(PictureNamesTest, LongNamesAreCutAndStayApart) {
  const std::string long_name(300, 'n');
  const Names names = names_of({long_name + "1", long_name + "2", long_name + "/x"});
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 3u);
  for (const std::string& name : names) EXPECT_LE(name.substr(0, name.find('/')).size(), 200u);
  for (std::size_t before = 176; before < 181; ++before) {
    const std::string name = names_of({std::string(before, 'n') + "\xF0\x9F\x90\x88" + long_name})[0];
    const std::string kept = name.substr(before);
    EXPECT_TRUE(kept.rfind("\xF0\x9F\x90\x88", 0) == 0 || kept == ".png") << "no part of a character";
  }
}

TEST(PictureNamesTest, NulEndsNoName) {
  EXPECT_EQ(names_of({std::string("a\0b", 3), std::string("a\0c", 3)}), (Names{"a_b.png", "a_c.png"}));
}

}  // namespace
}  // namespace catdog
