// model.json, the card of a model bundle: the one reader that page and tools share. Its fields, shapes and limits are
// described in docs/model-bundle.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catdog/bytes.h"
#include "catdog/model/prediction.h"
#include "catdog/network/network.h"
#include "catdog/result.h"

namespace catdog {

inline constexpr int kBundleFormat = 1;
inline constexpr std::size_t kMaxCardBytes = std::size_t{1} << 20;
inline constexpr int kMaxCardDepth = 32;  // objects and lists in each other
inline constexpr std::size_t kMaxLabels = 10'000;
inline constexpr std::size_t kMaxLabelBytes = 200;
inline constexpr std::size_t kMaxNameBytes = 1000;                          // of all other texts
inline constexpr int kMaxInputSize = 4096;                                  // pixels a side
inline constexpr std::int64_t kMaxOnnxBytes = (std::int64_t{1} << 31) - 1;  // protobuf's own limit

// The network's file, as the card says.
struct OnnxFile {
  std::string name;  // in the bundle: never a path
  std::int64_t bytes = 0;
  std::string sha256;  // 64 hexadecimal digits, lower case
};

struct ModelCard {
  std::string name;
  std::vector<std::string> labels;  // differ from each other and from the words of decisions
  int size = 0;                     // of the network's input, pixels a side
  std::string input, probabilities;
  std::string presence;  // the output that tells whether any of the labels is in the photo; empty: there is none
  std::string class_activation;  // the output that tells where; empty: there is none
  Thresholds thresholds;
  OnnxFile onnx;
  // What was measured, of the first test set; each empty where it is not said.
  std::optional<double> accuracy;  // 0 to 1
  struct Interval {
    double low = 0, high = 0;
  };
  std::optional<Interval> accuracy_interval;  // 95 %
  std::optional<std::int64_t> photos;
  std::string licence, created;  // empty: not said
};

// Any bytes are allowed. Problem::kTooLarge or kCorrupt: "model.json: PART: expected …, found …", or without PART.
Result<ModelCard> read_card(Bytes json);

network::Signature signature_of(const ModelCard& card);

// Whether a file is the one that the card means: "FILE: size: expected …, found …"; empty where it is.
std::string problem_with_size(const OnnxFile& expected, std::uint64_t bytes);
// `sha256`: of the file's bytes, hexadecimal.
std::string problem_with_hash(const OnnxFile& expected, std::string_view sha256);

}  // namespace catdog
