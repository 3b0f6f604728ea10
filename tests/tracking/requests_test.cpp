// Records go to the store in requests within MLflow's limits; who is champion.
#include <gtest/gtest.h>

#include "tracking/records.h"

namespace catdog::tracking {
namespace {

namespace fs = std::filesystem;

class RequestsTest : public testing::Test {
 protected:
  RequestsTest() : folder_(fs::temp_directory_path() / ("requests-" + random_id())) {
    fs::create_directories(folder_);
    journal_ = std::make_unique<Journal>(folder_ / "journal");
  }
  ~RequestsTest() override { fs::remove_all(folder_); }

  void append(const std::string& type, int values, const std::string& text = "x") {
    Json all = Json::object();
    for (int i = 0; i < values; ++i) all["key" + std::to_string(i)] = text;
    journal_->append(std::to_string(journal_->count()), type, {{"values", all}, {"step", 0}});
  }
  // How many records each request takes.
  std::vector<std::size_t> requests(std::size_t most = SIZE_MAX) {
    std::vector<std::size_t> sizes;
    std::size_t offset = 0;
    for (;;) {
      const Bundle bundle = next_records(*journal_, offset, most);
      if (bundle.records.empty()) return sizes;
      sizes.push_back(bundle.records.size());
      offset = bundle.end;
    }
  }
  fs::path folder_;
  std::unique_ptr<Journal> journal_;
};

TEST_F(RequestsTest, ThousandMetricsAtMost) {
  for (int i = 0; i < 5; ++i) append("metrics", 400);
  EXPECT_EQ(requests(), (std::vector<std::size_t>{2, 2, 1}));
}

TEST_F(RequestsTest, HundredParametersAndTagsAtMost) {
  for (int i = 0; i < 150; ++i) append("params", 1);
  append("tags", 60);
  append("tags", 60);
  EXPECT_EQ(requests(), (std::vector<std::size_t>{100, 51, 1}));
}

TEST_F(RequestsTest, OneMegabyteAtMost) {
  for (int i = 0; i < 90; ++i) append("params", 3, std::string(6000, 'x'));
  std::size_t all = 0;
  for (const std::size_t request : requests()) {
    EXPECT_LE(request * 18'000, 1'000'000u);
    all += request;
  }
  EXPECT_EQ(all, 90u);
}

TEST_F(RequestsTest, OthersGoAlone) {
  append("metrics", 1);
  append("status", 0);
  append("status", 0);
  append("metrics", 1);
  append("metrics", 1);
  EXPECT_EQ(requests(), (std::vector<std::size_t>{1, 1, 1, 2}));
  EXPECT_EQ(requests(1), (std::vector<std::size_t>{1, 1, 1, 1, 1}));
}

TEST(ChampionTest, OnlyABetterOneOnTheSameTestSet) {
  const Measure accuracy{"accuracy", 0.9, "set", true}, loss{"loss", 0.2, "set", false};
  std::string because;
  EXPECT_TRUE(beats(accuracy, measure_tags({"accuracy", 0.89, "set", true}), "3", because));
  EXPECT_NE(because.find("better than version 3: accuracy 0.9, version 3 0.89"), std::string::npos) << because;
  EXPECT_FALSE(beats(accuracy, measure_tags({"accuracy", 0.9, "set", true}), "3", because));
  EXPECT_FALSE(beats(accuracy, measure_tags({"accuracy", 0.5, "other", true}), "3", because));
  EXPECT_NE(because.find("not measured by accuracy on the same test set"), std::string::npos) << because;
  EXPECT_FALSE(beats(accuracy, measure_tags({"f1", 0.5, "set", true}), "3", because));
  EXPECT_FALSE(beats(accuracy, {}, "3", because));
  EXPECT_TRUE(beats(loss, measure_tags({"loss", 0.3, "set", false}), "3", because));
  EXPECT_FALSE(beats(loss, measure_tags({"loss", 0.1, "set", false}), "3", because));
}

}  // namespace
}  // namespace catdog::tracking
