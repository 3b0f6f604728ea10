// Listing, reading and writing files, and their hashes.
#include "support/files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>

#include "catdog/photo/limits.h"
#include "support/hash.h"
#include "support/temporary_folder.h"
#include "support/test_files.h"

namespace catdog {
namespace {
namespace fs = std::filesystem;

// What `call` throws; empty where it does not.
template <class Call>
std::string complaint(Call call) {
  try {
    call();
  } catch (const std::exception& failure) {
    return failure.what();
  }
  return {};
}

#define EXPECT_MENTIONS(text, part) EXPECT_NE((text).find(part), std::string::npos) << text

TEST(FilesTest, ListsByBytesWithoutClutterAndLinkedFolders) {
  const TemporaryFolder folder;
  const fs::path& root = folder.path();
  for (const char* name :
       {"b", "a/x", "a b", "a.b", "B", "\xC3\xA4", ".hidden", "a/.x", "__MACOSX/y", "\xFF", "c/d/e"}) {
    put(root / name, "1");
  }
  fs::create_directories(root / "empty/empty");
  fs::create_directory_symlink("..", root / "c/up");
  fs::create_symlink("nowhere", root / "dangling");
  ASSERT_EQ(::mkfifo((root / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(list_files(root),
            (std::vector<std::string>{"B", "a b", "a.b", "a/x", "b", "c/d/e", "dangling", "pipe", "\xC3\xA4", "\xFF"}));
}

// However deep folders lie, few files are open at a time.
TEST(FilesTest, ListsDeepFolders) {
  const TemporaryFolder folder;
  fs::path deep = folder.path();
  for (int i = 0; i < 100; ++i) deep /= "d";
  put(deep / "file", "1");
  const auto run = [&] {
    const rlimit few{32, 32};
    ::setrlimit(RLIMIT_NOFILE, &few);
    const std::vector<std::string> found = list_files(folder.path());
    std::exit(found.size() == 1 && found[0].size() == 204 ? 0 : 1);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

#ifndef __SANITIZE_ADDRESS__  // UBSan opens a pipe to look at an object, and takes its failure for a fault
TEST(FilesTest, TooManyOpenFilesAreToldAsThat) {
  const TemporaryFolder folder;
  put(folder.path() / "sub/file", "1");
  const auto run = [&] {
    const rlimit none{3, 3};
    ::setrlimit(RLIMIT_NOFILE, &none);
    const std::string said = complaint([&] { list_files(folder.path()); });
    std::exit(said.find("found Too many open files") != std::string::npos ? 0 : 1);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}
#endif

TEST(FilesTest, ListingSaysWhatIsWrong) {
  const TemporaryFolder folder;
  put(folder.path() / "file", "1");
  EXPECT_MENTIONS(complaint([&] { list_files(folder.path() / "none"); }), "none: expected a folder, found nothing");
  EXPECT_MENTIONS(complaint([&] { list_files(folder.path() / "file"); }), "file: expected a folder, found a file");
}

TEST(FilesTest, ReadsTheWholeFile) {
  const TemporaryFolder folder;
  std::string text(3'000'000, 'x');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 7 + i / 256);
  put(folder.path() / "file", text);
  const auto bytes = read_file(folder.path() / "file");
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), text);
  put(folder.path() / "empty", "");
  EXPECT_TRUE(read_file(folder.path() / "empty").empty());
}

TEST(FilesTest, ReadingSaysWhatIsWrong) {
  const TemporaryFolder folder;
  const fs::path& root = folder.path();
  ASSERT_EQ(::mkfifo((root / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(complaint([&] { read_file(root / "pipe"); }), "expected a readable file, found a device or pipe");
  EXPECT_EQ(complaint([&] { read_file(root); }), "expected a readable file, found a folder");
  EXPECT_EQ(complaint([&] { read_file(root / "none"); }), "expected a readable file, found nothing of that name");
  put(root / "large", "");
  fs::resize_file(root / "large", kMaxFileBytes + 1);
  EXPECT_EQ(complaint([&] { read_file(root / "large"); }), "expected a file of at most 512 MiB, found 512 MiB");
}

TEST(FilesTest, AFileAppearsWhenItIsComplete) {
  const TemporaryFolder folder;
  const fs::path target = folder.path() / "out.csv";
  {
    AtomicFile file(target);
    file.stream() << "new";
    EXPECT_FALSE(fs::exists(target));
    file.commit();
    EXPECT_EQ(text_of(target), "new");
  }
  {
    AtomicFile file(target);
    file.stream() << "half";
  }
  EXPECT_EQ(text_of(target), "new");
  EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"out.csv"});
}

TEST(FilesTest, WritesThroughALinkAndIntoADevice) {
  const TemporaryFolder folder;
  put(folder.path() / "kept/real.csv", "old");
  fs::create_symlink("kept/real.csv", folder.path() / "link.csv");
  write_file(folder.path() / "link.csv", "new");
  EXPECT_TRUE(fs::is_symlink(folder.path() / "link.csv"));
  EXPECT_EQ(text_of(folder.path() / "kept/real.csv"), "new");
  write_file("/dev/null", "gone");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(FilesTest, ALinkThatLeadsNowhereIsFollowedToo) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "kept");
  fs::create_symlink("kept/next.csv", folder.path() / "link.csv");
  fs::create_symlink("real.csv", folder.path() / "kept/next.csv");
  write_file(folder.path() / "link.csv", "new");
  EXPECT_TRUE(fs::is_symlink(folder.path() / "link.csv"));
  EXPECT_EQ(text_of(folder.path() / "kept/real.csv"), "new");
}

TEST(FilesTest, TwoWriteToOneNameAndNamesMayBeLong) {
  const TemporaryFolder folder;
  const fs::path target = folder.path() / std::string(255, 'n');  // the longest name that there is
  AtomicFile first(target), second(target);
  first.stream() << "first";
  second.stream() << "second";
  first.commit();
  EXPECT_EQ(text_of(target), "first");
  second.commit();
  EXPECT_EQ(text_of(target), "second");
  EXPECT_EQ(names_in(folder.path()).size(), 1u);
}

TEST(FilesTest, AFolderHasAName) {
  for (const char* path : {"some/runs/first", "some/runs/first/", "/first", "./first/."}) {
    EXPECT_EQ(folder_name(path), "first") << path;
  }
  EXPECT_EQ(folder_name("."), fs::current_path().filename().string());
}

TEST(FilesTest, WritingSaysWhatIsWrong) {
  const TemporaryFolder folder;
  EXPECT_MENTIONS(complaint([&] { write_file(folder.path() / "no/such/out", "x"); }),
                  "no/such/out: expected a file that can be written, found No such file or directory");
  EXPECT_MENTIONS(complaint([&] { write_file(folder.path(), "x"); }),
                  "expected a file that can be written, found a folder");
  EXPECT_MENTIONS(complaint([&] { write_file("/dev/full", "x"); }),
                  "/dev/full: expected to be written whole, found No space");
  EXPECT_TRUE(names_in(folder.path()).empty());
}

// FIPS 180-2, appendix B.
TEST(HashTest, KnownDigests) {
  EXPECT_EQ(Sha256().hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256().add("a").add("bc").hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(
      sha256({reinterpret_cast<const std::uint8_t*>("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), 56}),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(HashTest, OfFiles) {
  const TemporaryFolder folder;
  put(folder.path() / "million", std::string(1'000'000, 'a'));
  EXPECT_EQ(sha256_of_file(folder.path() / "million"),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_MENTIONS(complaint([&] { sha256_of_file(folder.path() / "none"); }), "none");
  EXPECT_MENTIONS(complaint([&] { sha256_of_file(folder.path()); }), "expected a readable file");
}

}  // namespace
}  // namespace catdog
