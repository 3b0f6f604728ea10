// What a model says of stored photos is measured only where they are probabilities.
#include "evaluation/judge.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "bundles/test_bundle.h"
#include "catdog/photo/preprocess.h"
#include "support/files.h"
#include "support/npy.h"
#include "support/temporary_folder.h"

namespace catdog {
namespace {

constexpr std::size_t kSide = 32;

// A feature store of pictures of one grey each.
FeatureStore store_of(const std::filesystem::path& folder, const std::vector<std::uint8_t>& greys) {
  NpyWriter images(folder / "images.npy", "|u1", {kSide, kSide, 3});
  std::string manifest = "row,path,label,split,width,height,sha256,group,source\r\n";
  std::vector<Sample> samples;
  for (const std::uint8_t grey : greys) {
    const std::vector<std::uint8_t> picture(kSide * kSide * 3, grey);
    images.append(picture.data(), picture.size());
    const std::string row = std::to_string(samples.size());
    manifest += row + ',' + row + ".ppm,0,validation,32,32,hash" + row + ',' + row + ",0\r\n";
    samples.push_back({row + ".ppm", 0, Split::kValidation, 32, 32, "hash" + row, samples.size()});
  }
  images.finish(greys.size());
  write_file(folder / "manifest.csv", manifest);
  write_file(folder / "dataset.json", nlohmann::json({{"format", kFeatureStoreFormat},
                                                      {"preprocessing_version", kPreprocessingVersion},
                                                      {"classes", {"Cat", "Dog"}},
                                                      {"sources", {{{"name", "greys"}, {"weight", 1}}}},
                                                      {"size", kSide},
                                                      {"digest", samples_digest(samples)},
                                                      {"split_digest", validation_digest(samples)}})
                                          .dump());
  return FeatureStore(folder);
}

TEST(JudgeTest, OutputsThatAreNoProbabilitiesAreNotMeasured) {
  const TemporaryFolder folder;
  TestBundle options;
  options.out = folder.path() / "bundle";
  options.nan_for_white = true;
  write_test_bundle(options);
  const ModelBundle bundle = read_bundle(options.out);
  const FeatureStore store = store_of(folder.path(), {0, 128, 255});
  EXPECT_EQ(judge(bundle, store, {0, 1}, 1).probabilities.size(), 4u);
  try {
    judge(bundle, store, {0, 1, 2}, 1);
    FAIL() << "expected white to be refused";
  } catch (const std::runtime_error& failure) {
    const std::string expected = "model.onnx: 2.ppm: expected probabilities from 0 to 1 from the network, found NaN";
    EXPECT_NE(std::string(failure.what()).find(expected), std::string::npos) << failure.what();
  }
}

}  // namespace
}  // namespace catdog
