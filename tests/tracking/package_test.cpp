// What is wrong with a bundle is said before anything is sent; artifact paths stay below the run.
#include <gtest/gtest.h>

#include <fstream>

#include "tracking/model_package.h"
#include "tracking/run.h"

namespace catdog::tracking {
namespace {

namespace fs = std::filesystem;

class PackageTest : public testing::Test {
 protected:
  PackageTest() : folder_(fs::temp_directory_path() / ("package-" + random_id())) { fs::create_directories(folder_); }
  ~PackageTest() override { fs::remove_all(folder_); }

  std::string problem(const std::string& card) {
    std::ofstream(folder_ / "model.json") << card;
    try {
      read_card(folder_);
      return "";
    } catch (const std::runtime_error& found) {
      return found.what();
    }
  }
  fs::path folder_;
};

TEST_F(PackageTest, BundlesThatAreNone) {
  const std::string good =
      R"({"input":{"name":"photo","size":8},"output":{"name":"probabilities"},"labels":["a","b"]})";
  EXPECT_NE(problem(good).find("model.onnx: expected a model bundle, found no such file"), std::string::npos);
  std::ofstream(folder_ / "model.onnx") << "x";
  EXPECT_EQ(problem(good), "");
  EXPECT_NE(problem("{}").find("model.json: expected a model bundle's description"), std::string::npos);
  EXPECT_NE(problem("no json").find("model.json: expected a model bundle's description"), std::string::npos);
  EXPECT_NE(problem(R"({"input":{"name":"p","size":0},"output":{"name":"q"},"labels":[]})").find("size 0 and 0 labels"),
            std::string::npos);
}

TEST_F(PackageTest, ArtifactPathsStayBelowTheRun) {
  std::ofstream(folder_ / "file") << "x";
  RunOptions options;
  options.folder = folder_ / "run";
  options.uri = folder_ / "mlruns";
  options.system_metrics = 0;
  tracking::Run run(options);
  for (const char* wrong : {"", ".", "..", "/etc/passwd", "../x", "a/../../x", "a//b", "a/", "./a"}) {
    EXPECT_THROW(run.log_artifact(folder_ / "file", wrong), std::runtime_error) << wrong;
  }
  EXPECT_THROW(run.register_model("name", {"accuracy", 1, "set", true}), std::runtime_error);  // none was logged
  run.log_artifact(folder_ / "file", "plots/a..b/c");
  EXPECT_EQ(run.finish(RunStatus::kFinished).records, 0u);
}

TEST_F(PackageTest, AnArtifactIsKeptAsItWasWhenItWasLogged) {
  const fs::path file = folder_ / "file", store = folder_ / "mlruns";
  RunOptions options;
  options.folder = folder_ / "run";
  options.uri = store;
  options.system_metrics = 0;
  tracking::Run run(options);
  std::ofstream(file) << "first";
  run.log_artifact(file, "a.txt");
  std::ofstream(file) << "second";
  run.log_artifact(file, "b.txt");
  fs::remove(file);
  EXPECT_EQ(run.finish(RunStatus::kFinished).records, 0u);
  std::string a, b;
  std::ifstream(store / "0" / run.id() / "artifacts" / "a.txt") >> a;
  std::ifstream(store / "0" / run.id() / "artifacts" / "b.txt") >> b;
  EXPECT_EQ(a, "first");
  EXPECT_EQ(b, "second");
}

}  // namespace
}  // namespace catdog::tracking
