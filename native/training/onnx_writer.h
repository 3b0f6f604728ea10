// Writes a network as an ONNX model that onnxruntime-web, OpenCV's dnn module and others read.
#pragma once

#include <map>
#include <string>

#include "training/weights.h"

namespace catdog {

inline constexpr int kOnnxOpset = 13;
inline constexpr int kOnnxIrVersion = 7;
inline constexpr const char* kOnnxInput = "photo";
inline constexpr const char* kOnnxOutput = "probabilities";

// The bytes of the model: input "photo" (N×3×size×size, float, RGB in [0, 1]), output "probabilities" (N×classes,
// softmax). `network` must be free of BatchNorm, see fold_batch_norm. `notes` become the model's metadata.
std::string write_onnx(const PlainNetwork& network, int size, const std::map<std::string, std::string>& notes);

}  // namespace catdog
