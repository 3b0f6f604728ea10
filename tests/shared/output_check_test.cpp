// What a network says is taken only where they are probabilities.
#include "catdog/model/output_check.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace catdog {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN(), kInfinity = std::numeric_limits<float>::infinity();

std::string problem(const std::vector<float>& probabilities, float presence = 1) {
  return problem_with_outputs(probabilities.data(), probabilities.size(), presence);
}

TEST(OutputCheckTest, ProbabilitiesAreTaken) {
  EXPECT_EQ(problem({0.25f, 0.75f}), "");
  EXPECT_EQ(problem({1}), "");
  EXPECT_EQ(problem({0, 1, 0}, 0), "");
  EXPECT_EQ(problem({0.25f, 0.7509f}), "") << "within the tolerance";
  EXPECT_EQ(problem(std::vector<float>(10'000, 1e-4f)), "") << "many labels";
}

TEST(OutputCheckTest, OtherNumbersAreRefused) {
  const std::string range = "expected probabilities from 0 to 1 from the network, found ";
  EXPECT_EQ(problem({kNan, 1}), range + "NaN");
  EXPECT_EQ(problem({1, kNan}), range + "NaN");
  EXPECT_EQ(problem({0, kInfinity}), range + "infinity");
  EXPECT_EQ(problem({0, -kInfinity}), range + "-infinity");
  EXPECT_EQ(problem({1.5f, -0.5f}), range + "1.500000");
  EXPECT_EQ(problem({-0.5f, 1.5f}), range + "-0.500000");
}

TEST(OutputCheckTest, SumsAreOne) {
  const std::string sum = "expected probabilities that add up to 1 from the network (softmax inside), found ";
  EXPECT_EQ(problem({0.5f, 0.25f}), sum + "0.750000");
  EXPECT_EQ(problem({0.5f, 0.502f}), sum + "1.002000");
  EXPECT_EQ(problem({0, 0}), sum + "0.000000");
  EXPECT_EQ(problem({}), sum + "0.000000");
}

TEST(OutputCheckTest, PresenceIsAProbability) {
  const std::string presence = "expected a presence from 0 to 1 from the network, found ";
  EXPECT_EQ(problem({0, 1}, kNan), presence + "NaN");
  EXPECT_EQ(problem({0, 1}, 1.25f), presence + "1.250000");
  EXPECT_EQ(problem({0, 1}, -kInfinity), presence + "-infinity");
}

}  // namespace
}  // namespace catdog
