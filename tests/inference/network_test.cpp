// The network of a bundle gives what its definition says, whatever the batch; the ONNX reader survives any bytes.
#include "inference/network.h"

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <stdexcept>

#include "bundles/test_bundle.h"
#include "inference/onnx_header.h"
#include "support/temporary_folder.h"

namespace catdog {
namespace {

constexpr float kTolerance = 1e-5f;  // of a probability, between two orders of summation
constexpr int kSize = 32;
constexpr int kLabels = 3;
constexpr int kPhotoValues = 3 * kSize * kSize;

ModelBundle small_bundle(const std::filesystem::path& folder) {
  write_test_bundle({folder, {"a", "b", "c"}, kSize, 7, false, false, false, false});
  return read_bundle(folder);
}

std::vector<float> random_photos(int count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> values(count * kPhotoValues);
  for (float& value : values) value = static_cast<float>(random() % 256) / 255.0f;
  return values;
}

// The test bundle's network by its definition: convolution (3×3, step 2, border of zeros), ReLU, mean, dense, softmax.
class Reference {
 public:
  explicit Reference(const std::vector<std::uint8_t>& onnx_file) {
    onnx::ModelProto model;
    if (!model.ParseFromArray(onnx_file.data(), static_cast<int>(onnx_file.size())))
      throw std::runtime_error("no ONNX");
    for (const onnx::TensorProto& tensor : model.graph().initializer()) {
      weights_[tensor.name()].assign(tensor.float_data().begin(), tensor.float_data().end());
    }
  }

  std::vector<float> probabilities(const float* photo) const {
    const auto &head = weights_.at("head.weight"), &bias = weights_.at("head.bias");
    const std::size_t channels = weights_.at("conv.bias").size();
    std::vector<double> scores(bias.begin(), bias.end());
    for (std::size_t channel = 0; channel < channels; ++channel) {
      const double feature = mean_feature(photo, channel);
      for (std::size_t label = 0; label < scores.size(); ++label)
        scores[label] += feature * head[label * channels + channel];
    }
    const double highest = *std::max_element(scores.begin(), scores.end());
    double sum = 0;
    for (double& score : scores) sum += score = std::exp(score - highest);
    std::vector<float> found;
    for (const double score : scores) found.push_back(static_cast<float>(score / sum));
    return found;
  }

 private:
  double mean_feature(const float* photo, std::size_t channel) const {
    constexpr int kOut = kSize / 2;
    const float* weight = weights_.at("conv.weight").data() + channel * 27;
    double total = 0;
    for (int out = 0; out < kOut * kOut; ++out) {
      double value = weights_.at("conv.bias")[channel];
      for (int i = 0; i < 27; ++i) {
        const int colour = i / 9, y = out / kOut * 2 - 1 + i / 3 % 3, x = out % kOut * 2 - 1 + i % 3;
        if (y >= 0 && y < kSize && x >= 0 && x < kSize) value += weight[i] * photo[(colour * kSize + y) * kSize + x];
      }
      total += std::max(value, 0.0);
    }
    return total / (kOut * kOut);
  }

  std::map<std::string, std::vector<float>> weights_;
};

TEST(NetworkTest, GivesWhatItsDefinitionSays) {
  const TemporaryFolder folder;
  const ModelBundle bundle = small_bundle(folder.path());
  EXPECT_EQ(bundle.card.labels, (std::vector<std::string>{"a", "b", "c"}));
  Network network(bundle);
  const Reference reference(bundle.onnx);
  constexpr int kPhotos = 5;
  auto photos = random_photos(kPhotos, 1);
  const auto found = network.run(photos, kPhotos).probabilities;
  ASSERT_EQ(found.size(), std::size_t{kPhotos * kLabels});
  for (int photo = 0; photo < kPhotos; ++photo) {
    const auto expected = reference.probabilities(photos.data() + photo * kPhotoValues);
    for (int label = 0; label < kLabels; ++label) {
      EXPECT_NEAR(found[photo * kLabels + label], expected[label], kTolerance) << photo << ' ' << label;
    }
  }
}

// To the last bit: the CSV must not depend on how photos were grouped.
TEST(NetworkTest, DoesNotDependOnTheBatch) {
  const TemporaryFolder folder;
  const ModelBundle bundle = small_bundle(folder.path());
  Network network(bundle), other(bundle);
  constexpr int kPhotos = 23;
  auto photos = random_photos(kPhotos, 2);
  const auto together = network.run(photos, kPhotos).probabilities;
  for (const int batch : {1, 2, 7, 16}) {
    std::vector<float> apart;
    for (int first = 0; first < kPhotos; first += batch) {
      const int count = std::min(batch, kPhotos - first);
      std::vector<float> some(photos.begin() + first * kPhotoValues, photos.begin() + (first + count) * kPhotoValues);
      const auto found = (first / batch % 2 ? other : network).run(some, count).probabilities;
      apart.insert(apart.end(), found.begin(), found.end());
    }
    EXPECT_EQ(apart, together) << "batches of " << batch;
  }
}

TEST(NetworkTest, TellsPresenceAndWhere) {
  const TemporaryFolder folder;
  TestBundle options;
  options.out = folder.path(), options.presence = true, options.size = kSize;
  write_test_bundle(options);
  const ModelBundle bundle = read_bundle(folder.path());
  Network network(bundle);
  constexpr int kPhotos = 4;
  auto photos = random_photos(kPhotos, 3);
  const NetworkOutput said = network.run(photos, kPhotos);
  ASSERT_EQ(said.presence.size(), std::size_t{kPhotos});
  EXPECT_NE(said.presence[0], said.presence[1]);
  // What the places add to the logits adds up to their differences, but for the biases, which are the same for all.
  const auto log_odds = [&](int photo) {
    return std::log(said.probabilities[photo * 2] / said.probabilities[photo * 2 + 1]);
  };
  std::vector<double> apart;
  for (int photo = 0; photo < kPhotos; ++photo) {
    std::vector<float> one(photos.begin() + photo * kPhotoValues, photos.begin() + (photo + 1) * kPhotoValues);
    const network::ActivationMap map = network.map(one);
    const std::size_t places = static_cast<std::size_t>(map.width) * map.height;
    ASSERT_EQ(map.width, kSize / 2);
    ASSERT_EQ(map.values.size(), 2 * places);
    double difference = 0;
    for (std::size_t i = 0; i < places; ++i) difference += map.values[i] - map.values[places + i];
    apart.push_back(difference / static_cast<double>(places) - log_odds(photo));
  }
  for (const double bias : apart) EXPECT_NEAR(bias, apart[0], 1e-3);
}

TEST(NetworkTest, ReadsHalfPrecision) {
  const TemporaryFolder folder;
  const auto read = [&](bool half) {
    TestBundle options;
    options.out = folder.path() / (half ? "half" : "single"), options.half = half, options.size = kSize;
    write_test_bundle(options);
    return read_bundle(options.out);
  };
  Network half(read(true)), single(read(false));
  auto photos = random_photos(3, 4);
  const auto found = half.run(photos, 3).probabilities, expected = single.run(photos, 3).probabilities;
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 0.02);
  EXPECT_NE(found, expected) << "half precision rounds";
}

TEST(OnnxHeaderTest, NamesWhatIsThere) {
  const TemporaryFolder folder;
  const ModelBundle bundle = small_bundle(folder.path());
  const OnnxHeader header = read_onnx_header({bundle.onnx.data(), bundle.onnx.size()});
  ASSERT_EQ(header.inputs.size(), 1u);
  EXPECT_EQ(header.inputs[0].name, "photo");
  EXPECT_EQ(header.inputs[0].type, kOnnxFloat32);
  EXPECT_EQ(header.inputs[0].shape, (std::vector<std::int64_t>{kSymbolic, 3, kSize, kSize}));
  ASSERT_EQ(header.outputs.size(), 1u);
  EXPECT_EQ(shape_text(header.outputs[0].shape), "N×3");
}

// Older files list their weights among the inputs.
TEST(OnnxHeaderTest, WeightsAreNoInputs) {
  onnx::ModelProto model;
  model.mutable_graph()->add_input()->set_name("photo");
  model.mutable_graph()->add_input()->set_name("weight");
  model.mutable_graph()->add_initializer()->set_name("weight");
  const std::string bytes = model.SerializeAsString();
  const OnnxHeader header = read_onnx_header({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  ASSERT_EQ(header.inputs.size(), 1u);
  EXPECT_EQ(header.inputs[0].name, "photo");
  EXPECT_EQ(shape_text(header.inputs[0].shape), "no shape");
}

TEST(OnnxHeaderTest, SurvivesAnyBytes) {
  const TemporaryFolder folder;
  const auto sound = small_bundle(folder.path()).onnx;
  int refused = 0;
  const auto feed = [&](const std::vector<std::uint8_t>& bytes) {
    const std::vector<std::uint8_t> exact(bytes);  // so that a sanitizer sees one byte too far
    try {
      read_onnx_header({exact.data(), exact.size()});
    } catch (const std::runtime_error&) {
      ++refused;
    }
  };
  for (std::size_t length = 0; length < sound.size(); ++length)
    feed({sound.begin(), sound.begin() + static_cast<long>(length)});
  EXPECT_GT(refused, static_cast<int>(sound.size()) / 2);
  std::mt19937 random(3);
  for (int round = 0; round < 3000; ++round) {
    auto damaged = sound;
    for (unsigned i = 0; i < 1 + random() % 4; ++i)
      damaged[random() % damaged.size()] = static_cast<std::uint8_t>(random());
    feed(damaged);
  }
}

}  // namespace
}  // namespace catdog
