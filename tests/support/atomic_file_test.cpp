// Files that are written whole or not at all: what they replace, what the dead leave, and links on the way.
#include "support/atomic_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <regex>

#include "support/files.h"
#include "support/temporary_folder.h"
#include "support/test_files.h"

namespace catdog {
namespace {
namespace fs = std::filesystem;

constexpr uid_t kNobody = 65534;

struct stat status_of(const fs::path& file) {
  struct stat status {};
  EXPECT_EQ(::stat(file.c_str(), &status), 0) << file;
  return status;
}

// What `call` throws in a process of its own, which ends without cleaning up; empty where it throws nothing.
std::string in_a_process(const std::function<void()>& call) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    std::string said;
    try {
      call();
    } catch (const std::exception& failure) {
      said = failure.what();
    }
    if (::write(ends[1], said.data(), said.size()) < 0) ::_exit(2);
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string said;
  char block[512];
  for (ssize_t got; (got = ::read(ends[0], block, sizeof block)) > 0;)
    said.append(block, static_cast<std::size_t>(got));
  ::close(ends[0]);
  int ended = 0;
  EXPECT_EQ(::waitpid(child, &ended, 0), child);
  EXPECT_EQ(ended, 0);
  return said;
}

// The rights of root would hide what is tested.
void become_nobody() {
  if (::geteuid() == 0 && ::seteuid(kNobody) != 0) throw std::runtime_error("expected to become nobody");
}

TEST(AtomicFileTest, TheTemporaryNameCannotBeForeseen) {
  const TemporaryFolder folder;
  const AtomicFile first(folder.path() / "out.csv"), second(folder.path() / "out.csv");
  const std::vector<std::string> names = names_in(folder.path());
  ASSERT_EQ(names.size(), 2u);
  for (const std::string& name : names) {
    EXPECT_TRUE(std::regex_match(name, std::regex("out\\.csv\\.part-[0-9a-f]{16}"))) << name;
  }
  EXPECT_NE(names[0].substr(0, 20), names[1].substr(0, 20)) << "random from the first digits on";
}

TEST(AtomicFileTest, KeepsModeAndOwnerOfWhatItReplaces) {
  const TemporaryFolder folder;
  const fs::path target = folder.path() / "out.csv";
  for (const mode_t mode : {0600, 0640, 0666, 0444}) {
    put(target, "old");
    ASSERT_EQ(::chmod(target.c_str(), mode), 0);
    if (::geteuid() == 0) {
      ASSERT_EQ(::chown(target.c_str(), kNobody, kNobody), 0);
    }
    const struct stat before = status_of(target);
    write_file(target, "new");
    const struct stat after = status_of(target);
    EXPECT_EQ(text_of(target), "new");
    EXPECT_EQ(after.st_mode, before.st_mode);
    EXPECT_EQ(after.st_uid, before.st_uid);
    EXPECT_EQ(after.st_gid, before.st_gid);
    fs::remove(target);
  }
}

TEST(AtomicFileTest, ANewFileHasTheUsualMode) {
  const TemporaryFolder folder;
  put(folder.path() / "usual", "");
  write_file(folder.path() / "new", "");
  EXPECT_EQ(status_of(folder.path() / "new").st_mode, status_of(folder.path() / "usual").st_mode);
}

TEST(AtomicFileTest, IsWrittenInPlaceWhereTheFolderCannotBe) {
  const TemporaryFolder folder;
  const fs::path shut = folder.path() / "shut", target = shut / "out.csv";
  put(target, "an old and longer text");
  ASSERT_EQ(::chmod(target.c_str(), 0666), 0);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod(shut.c_str(), 0555), 0);
  const ino_t before = status_of(target).st_ino;
  EXPECT_EQ(in_a_process([&] {
              become_nobody();
              AtomicFile dropped(target);
              dropped.stream() << "half" << std::flush;
            }),
            "");
  EXPECT_EQ(text_of(target), "an old and longer text") << "untouched before it is committed";
  EXPECT_EQ(in_a_process([&] {
              become_nobody();
              write_file(target, "new");
            }),
            "");
  EXPECT_EQ(text_of(target), "new");
  EXPECT_EQ(status_of(target).st_ino, before);
  EXPECT_EQ(names_in(shut), std::vector<std::string>{"out.csv"});
  const std::string refused = in_a_process([&] {
    become_nobody();
    write_file(shut / "other.csv", "new");
  });
  EXPECT_NE(refused.find("other.csv: expected a file that can be written, found Permission denied"), std::string::npos)
      << refused;
  ASSERT_EQ(::chmod(shut.c_str(), 0755), 0);
}

TEST(AtomicFileTest, WritingInPlaceThatHasNoRoomKeepsTheOldFile) {
  const TemporaryFolder folder;
  const fs::path shut = folder.path() / "shut", target = shut / "out.csv";
  put(target, "old");
  ASSERT_EQ(::chmod(target.c_str(), 0666), 0);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod(shut.c_str(), 0555), 0);
  const std::string said = in_a_process([&] {
    become_nobody();
    std::signal(SIGXFSZ, SIG_IGN);
    AtomicFile file(target);
    file.stream() << std::string(100'000, 'x') << std::flush;
    const rlimit small{50'000, 50'000};
    ::setrlimit(RLIMIT_FSIZE, &small);
    file.commit();
  });
  EXPECT_NE(said.find("File too large"), std::string::npos) << said;
  EXPECT_EQ(text_of(target), "old");
  ASSERT_EQ(::chmod(shut.c_str(), 0755), 0);
}

TEST(PartFileTest, WhatTheDeadLeaveIsRemoved) {
  const TemporaryFolder folder;
  const fs::path& root = folder.path();
  fs::create_directories(root / "below");
  EXPECT_EQ(in_a_process([&] {
              new AtomicFile(root / "out.csv");
              new AtomicFile(root / "below/out.csv");
              const auto* store = new PartFolder(root / "store");
              put(store->path() / "images.npy", "1");
            }),
            "");
  ASSERT_EQ(names_in(root).size(), 3u);
  const AtomicFile living(root / "out.csv");
  const PartFolder living_folder(root / "store");
  for (const char* mine :
       {"mine.part-1", "x.part-0123456789abcdef0", "x.part-0123456789ABCDEF", ".part-0123456789abcdef"}) {
    put(root / mine, "1");
  }
  remove_abandoned_parts(root);
  EXPECT_EQ(names_in(root).size(), 7u) << "those of the living, other names, and the folder below";
  EXPECT_TRUE(fs::exists(living_folder.path()));
  EXPECT_EQ(names_in(root / "below").size(), 1u);
  remove_abandoned_parts(root, true);
  EXPECT_TRUE(names_in(root / "below").empty());
}

TEST(WriteFileBelowTest, MakesFoldersAndFollowsNoLinks) {
  const TemporaryFolder folder;
  const fs::path &root = folder.path(), out = root / "out";
  write_file_below(out, "a/b/c.png", "1");
  EXPECT_EQ(text_of(out / "a/b/c.png"), "1");
  put(root / "elsewhere/kept", "kept");
  fs::create_directory_symlink(root / "elsewhere", out / "link");
  fs::create_symlink(root / "elsewhere/kept", out / "file.png");
  EXPECT_THROW(write_file_below(out, "link/kept", "lost"), std::runtime_error);
  EXPECT_THROW(write_file_below(out, "link/new/kept", "lost"), std::runtime_error);
  write_file_below(out, "file.png", "2");
  EXPECT_FALSE(fs::is_symlink(out / "file.png"));
  EXPECT_EQ(text_of(out / "file.png"), "2");
  EXPECT_EQ(text_of(root / "elsewhere/kept"), "kept");
  EXPECT_EQ(names_in(root / "elsewhere"), std::vector<std::string>{"kept"});
}

}  // namespace
}  // namespace catdog
