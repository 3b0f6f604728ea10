// McNemar's test, folds, label issues and lists of photos to leave out, by figures worked out by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <set>

#include "evaluation/cross_validation_folds.h"
#include "evaluation/exclusions.h"
#include "evaluation/label_issues.h"
#include "evaluation/mcnemar.h"
#include "support/files.h"
#include "support/hash.h"
#include "support/temporary_folder.h"

namespace catdog {
namespace {

TEST(McNemarTest, FewAreExact) {
  // Of 10 discordant photos 2 or fewer on one side: 2 (1 + 10 + 45) / 1024.
  const McNemar test = mcnemar(8, 2);
  EXPECT_TRUE(test.exact);
  EXPECT_NEAR(test.p, 2 * 56.0 / 1024, 1e-12);
  EXPECT_NEAR(mcnemar(2, 8).p, test.p, 1e-12);
  EXPECT_NEAR(mcnemar(0, 6).p, 2.0 / 64, 1e-12);
  EXPECT_DOUBLE_EQ(mcnemar(5, 5).p, 1);
  EXPECT_DOUBLE_EQ(mcnemar(0, 0).p, 1);
}

TEST(McNemarTest, ManyHaveTheContinuityCorrection) {
  // (|40 - 20| - 1)^2 / 60 = 6.0167; of chi-squared with one degree of freedom beyond that: 0.01417 (tables: 0.0142).
  const McNemar test = mcnemar(40, 20);
  EXPECT_FALSE(test.exact);
  EXPECT_NEAR(test.p, 0.01417, 5e-5);
  // (|121 - 59| - 1)^2 / 180 = 20.67 (McNemar's classical example): p < 0.00001.
  EXPECT_NEAR(mcnemar(121, 59).p, 5.45e-6, 5e-8);
  EXPECT_DOUBLE_EQ(mcnemar(30, 30).p, 1);
}

TEST(FoldsTest, ReadsWhatAPersonTypes) {
  EXPECT_EQ(parse_fold("")->count, 0);
  EXPECT_EQ(parse_fold("2/5")->index, 2);
  EXPECT_EQ(parse_fold("2/5")->count, 5);
  for (const char* wrong : {"0/5", "6/5", "1/1", "1/101", "2", "/5", "2/", "-1/5", "1/5/6", "a/b", " 1/5", "1/5x"}) {
    EXPECT_FALSE(parse_fold(wrong)) << wrong;
  }
}

std::vector<Sample> numbered_samples(std::size_t count) {
  std::vector<Sample> samples(count);
  for (std::size_t row = 0; row < count; ++row) {
    samples[row].sha256 = Sha256().add("photo " + std::to_string(row)).hex();
    samples[row].label = static_cast<int>(row % 2);
    samples[row].group = row - row % 3;  // groups of three
  }
  return samples;
}

TEST(FoldsTest, EachPhotoIsInOneFoldWithItsGroupAndClassesAreEven) {
  const std::vector<Sample> samples = numbered_samples(6000);
  std::vector<int> times(samples.size(), 0);
  for (int index = 1; index <= 5; ++index) {
    const std::vector<bool> held = held_out(samples, {index, 5});
    std::size_t of_class[2] = {0, 0};
    for (std::size_t row = 0; row < samples.size(); ++row) {
      times[row] += held[row];
      of_class[samples[row].label] += held[row];
      EXPECT_EQ(held[row], held[samples[row].group]);
    }
    // Of 3,000 photos 600 are expected; four standard deviations of 1,000 (pairs of) groups' draws.
    for (const std::size_t photos : of_class) EXPECT_NEAR(static_cast<double>(photos), 600, 120) << index;
  }
  for (const int count : times) EXPECT_EQ(count, 1);
}

TEST(FoldsTest, IsDecidedByContentAloneAndNotByOrder) {
  std::vector<Sample> samples = numbered_samples(300);
  for (Sample& sample : samples) sample.group = static_cast<std::size_t>(&sample - samples.data());
  const std::vector<bool> before = held_out(samples, {1, 4});
  std::vector<Sample> turned(samples.rbegin(), samples.rend());
  for (std::size_t row = 0; row < turned.size(); ++row) turned[row].group = row;
  const std::vector<bool> after = held_out(turned, {1, 4});
  for (std::size_t row = 0; row < samples.size(); ++row) EXPECT_EQ(before[row], after[samples.size() - 1 - row]);
}

TEST(FoldsTest, WithoutAFoldTheStoresOwnSplitHolds) {
  std::vector<Sample> samples = numbered_samples(4);
  samples[2].split = Split::kValidation;
  EXPECT_EQ(held_out(samples, {}), (std::vector<bool>{false, false, true, false}));
}

void add(MetricsCollector& collector, int label, float second) {
  const float probabilities[] = {1 - second, second};
  collector.add(label, probabilities);
}

TEST(LabelIssuesTest, RuleAndOrderAreThoseWorkedOutByHand) {
  MetricsCollector collected(2);
  // Class 0: probabilities of class 0 are 0.9, 0.8, 0.3, 0.2: threshold 0.55. Class 1: 0.9, 0.7, 0.5, 0.1: 0.55.
  for (const float second : {0.1f, 0.2f, 0.7f, 0.8f}) add(collected, 0, second);
  for (const float second : {0.9f, 0.7f, 0.5f, 0.1f}) add(collected, 1, second);
  EXPECT_NEAR(class_thresholds(collected)[0], 0.55, 1e-6);
  EXPECT_NEAR(class_thresholds(collected)[1], 0.55, 1e-6);
  // Below their threshold are 2, 3 (class 1 with 0.7, 0.8: above 0.55) and 6 (class 0 with 0.5: not above), 7 (0.9).
  const std::vector<LabelIssue> issues = find_label_issues(collected);
  ASSERT_EQ(issues.size(), 3u);
  EXPECT_EQ(issues[0].photo, 7u);
  EXPECT_EQ(issues[1].photo, 3u);
  EXPECT_EQ(issues[2].photo, 2u);
  EXPECT_EQ(issues[0].label, 1);
  EXPECT_EQ(issues[0].likely, 0);
  EXPECT_FLOAT_EQ(issues[0].given_probability, 0.1f);
  EXPECT_FLOAT_EQ(issues[0].likely_probability, 0.9f);
}

TEST(LabelIssuesTest, OfThreeClassesTheMostProbableUsualOneIsLikely) {
  MetricsCollector collected(3);
  const float rows[][3] = {{0.9f, 0.05f, 0.05f}, {0.1f, 0.45f, 0.45f}, {0.05f, 0.9f, 0.05f}, {0.3f, 0.3f, 0.4f}};
  collected.add(0, rows[0]);
  collected.add(0, rows[1]);  // thresholds: class 0: 0.5, class 1: 0.9, class 2: 0.4
  collected.add(1, rows[2]);
  collected.add(2, rows[3]);
  const std::vector<LabelIssue> issues = find_label_issues(collected);
  ASSERT_EQ(issues.size(), 1u);
  EXPECT_EQ(issues[0].photo, 1u);
  EXPECT_EQ(issues[0].likely, 2);  // class 1 is as probable, but usually much more so
}

TEST(LabelIssuesTest, AClassWithoutPhotosIsNobodysLikelyOne) {
  MetricsCollector collected(3);
  const float wrong[] = {0.1f, 0.2f, 0.7f}, right[] = {0.9f, 0.1f, 0.0f};
  collected.add(0, wrong);
  collected.add(0, right);
  EXPECT_TRUE(find_label_issues(collected).empty());
}

TEST(PathListTest, ReadsLinesAndTables) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "list";
  const auto read = [&](const std::string& text) {
    write_file(file, text);
    return read_path_list(file);
  };
  const std::vector<std::string> two = {"Cat/1.jpg", "Dog/a, b.jpg"};
  EXPECT_EQ(read("Cat/1.jpg\nDog/a, b.jpg\n"), two);
  EXPECT_EQ(read("Cat/1.jpg\r\n\r\nDog/a, b.jpg"), two);
  EXPECT_EQ(read("path\r\nCat/1.jpg\r\n\"Dog/a, b.jpg\"\r\n"), two);
  EXPECT_EQ(read("path,label\r\nCat/1.jpg,Cat\r\n\"Dog/a, b.jpg\",Dog\r\n"), two);
  EXPECT_EQ(read("\xEF\xBB\xBFrow,path\n0,Cat/1.jpg\n1,\"Dog/a, b.jpg\"\n"), two);
  EXPECT_EQ(read("path\r\n'=odd.jpg\r\n"), std::vector<std::string>{"=odd.jpg"});
  EXPECT_TRUE(read("").empty());
  EXPECT_TRUE(read("path,label\r\n").empty());
}

TEST(PathListTest, RefusesWhatIsDamagedOrMissing) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "list.csv";
  const auto refused = [&](const std::string& part) {
    try {
      read_path_list(file);
      ADD_FAILURE() << "expected " << part;
    } catch (const std::runtime_error& failure) {
      EXPECT_NE(std::string(failure.what()).find(part), std::string::npos) << failure.what();
      EXPECT_NE(std::string(failure.what()).find("list.csv"), std::string::npos) << failure.what();
    }
  };
  refused("nothing of that name");
  write_file(file, "path,label\r\nCat/1.jpg\r\n");
  refused("expected 2 cells in record 1, found 1");
}

}  // namespace
}  // namespace catdog
