// What a model says of stored photos is measured only where they are probabilities.
#include "evaluation/predict_rows.h"

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

TEST(PredictRowsTest, OutputsThatAreNoProbabilitiesAreNotMeasured) {
  const TemporaryFolder folder;
  TestBundle options;
  options.out = folder.path() / "bundle";
  options.nan_for_white = true;
  write_test_bundle(options);
  const ModelBundle bundle = read_bundle(options.out);
  const FeatureStore store = store_of(folder.path(), {0, 128, 255});
  Ensemble models({&bundle}, network::Precision::kBest);
  const AskedRows all = {{true, true, true}};
  const auto said = predict_rows(models, store, {0, 1}, all, 1);
  ASSERT_EQ(said.size(), 2u);
  EXPECT_EQ(said[0].probabilities.size(), 2u);
  EXPECT_EQ(said[0].models, 1u);
  try {
    predict_rows(models, store, {0, 1, 2}, all, 1);
    FAIL() << "expected white to be refused";
  } catch (const std::runtime_error& failure) {
    const std::string expected = "model.onnx: 2.ppm: expected probabilities from 0 to 1 from the network, found NaN";
    EXPECT_NE(std::string(failure.what()).find(expected), std::string::npos) << failure.what();
  }
}

TEST(PredictRowsTest, OfSeveralModelsTheMeanOfThoseThatAreAsked) {
  const TemporaryFolder folder;
  std::vector<ModelBundle> bundles;
  for (const unsigned seed : {1u, 2u}) {
    TestBundle options;
    options.out = folder.path() / std::to_string(seed);
    options.seed = seed;
    write_test_bundle(options);
    bundles.push_back(read_bundle(options.out));
  }
  const FeatureStore store = store_of(folder.path(), {90, 200});
  const auto first_class = [&](const AskedRows& asked, std::size_t row) {
    Ensemble models({&bundles[0], &bundles[1]}, network::Precision::kFloat32);
    return predict_rows(models, store, {row}, asked, 1).front();
  };
  const float first = first_class({{true, true}, {false, false}}, 0).probabilities[0];
  const float second = first_class({{false, false}, {true, true}}, 0).probabilities[0];
  ASSERT_NE(first, second);
  const PhotoPrediction both = first_class({{true, true}, {true, false}}, 0);
  EXPECT_EQ(both.models, 2u);
  EXPECT_FLOAT_EQ(both.probabilities[0], (first + second) / 2);
  EXPECT_EQ(first_class({{true, true}, {true, false}}, 1).models, 1u);
  EXPECT_EQ(first_class({{true, false}, {true, false}}, 1).models, 0u);
}

}  // namespace
}  // namespace catdog
