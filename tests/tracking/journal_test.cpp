// The journal: nothing twice, nothing lost, whole lines only.
#include "tracking/journal.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <thread>

namespace catdog::tracking {
namespace {

namespace fs = std::filesystem;

class JournalTest : public testing::Test {
 protected:
  JournalTest() : folder_(fs::temp_directory_path() / ("journal-" + random_id())), file_(folder_ / "tracking.jsonl") {
    fs::create_directories(folder_);
  }
  ~JournalTest() override { fs::remove_all(folder_); }

  fs::path folder_, file_;
};

std::vector<std::string> ids(const Journal& journal) {
  std::vector<std::string> found;
  std::size_t offset = 0;
  while (const auto record = journal.read(offset)) {
    found.push_back(record->json.at("id"));
    offset = record->end;
  }
  return found;
}

TEST_F(JournalTest, SameIdIsKeptOnceAlsoAfterReopening) {
  {
    Journal journal(file_);
    EXPECT_TRUE(journal.append("a", "metrics", {{"step", 1}}));
    EXPECT_FALSE(journal.append("a", "metrics", {{"step", 2}}));
  }
  Journal journal(file_);
  EXPECT_FALSE(journal.append("a", "metrics", {{"step", 3}}));
  EXPECT_TRUE(journal.append("b/1", "metrics", {{"step", 4}}));
  EXPECT_TRUE(journal.append("b/2", "metrics", {{"step", 5}}));
  EXPECT_EQ(ids(journal), (std::vector<std::string>{"a", "b/1", "b/2"}));
  EXPECT_EQ(journal.read(0)->json.at("step"), 1);
  EXPECT_EQ(journal.count("b/"), 2u);
  EXPECT_EQ(journal.count(), 3u);
}

TEST_F(JournalTest, LineThatWasCutShortIsTakenOff) {
  { Journal(file_).append("a", "tags", {{"text", "one\ntwo \u00e4 \xff"}}); }
  const auto size = fs::file_size(file_);
  std::ofstream(file_, std::ios::app) << R"({"id":"b","ty)";
  Journal journal(file_);
  EXPECT_EQ(fs::file_size(file_), size);
  EXPECT_TRUE(journal.append("b", "tags", {}));
  EXPECT_EQ(ids(journal), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(journal.read(0)->json.at("text"), "one\ntwo \u00e4 \uFFFD");  // what is no UTF-8 is replaced
}

TEST_F(JournalTest, SomethingElseIsNotTouched) {
  std::ofstream(file_) << "my shopping list\n";
  try {
    Journal journal(file_);
    FAIL() << "it was taken for a journal";
  } catch (const std::runtime_error& problem) {
    EXPECT_NE(std::string(problem.what()).find("in line 1, found \"my shopping list\""), std::string::npos)
        << problem.what();
  }
  EXPECT_EQ(fs::file_size(file_), 17u);
}

TEST_F(JournalTest, InUseIsSaid) {
  Journal journal(file_);
  EXPECT_THROW(Journal second(file_), std::runtime_error);
}

TEST_F(JournalTest, ThreadsAppendWholeRecords) {
  Journal journal(file_);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&journal, t] {
      for (int i = 0; i < 100; ++i)
        journal.append(std::to_string(t) + '/' + std::to_string(i), "x", {{"text", std::string(500, 'y')}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ids(journal).size(), 400u);
}

TEST_F(JournalTest, FullDiskIsSaidAndHarmsNothing) {
  Journal journal(file_);
  journal.append("a", "tags", {});
  const auto size = fs::file_size(file_);
  // A limit on the size of files stands for a disk that is full: half a record still fits.
  rlimit old{};
  ::getrlimit(RLIMIT_FSIZE, &old);
  ::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{size + 30, old.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  EXPECT_THROW(journal.append("b", "tags", {{"text", std::string(100, 'x')}}), std::runtime_error);
  ::setrlimit(RLIMIT_FSIZE, &old);
  EXPECT_EQ(fs::file_size(file_), size);
  EXPECT_TRUE(journal.append("b", "tags", {}));  // there is room again
  EXPECT_EQ(ids(journal), (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace catdog::tracking
