// Writes a network as an ONNX model that onnxruntime-web, OpenCV's dnn module and others read.
#pragma once

#include <map>
#include <string>

#include "training/network/weights.h"

namespace catdog {

inline constexpr int kOnnxOpset = 10;  // the last whose Clip has its limits as attributes, as OpenCV 4.6 wants them
inline constexpr int kOnnxIrVersion = 5;
inline constexpr const char* kOnnxInput = "photo";
inline constexpr const char* kOnnxOutput = "probabilities";
inline constexpr const char* kOnnxPresence = "presence";
inline constexpr const char* kOnnxMap = "class_activation";

// True where the classes' logits are a linear function of features averaged over the picture: the same function of the
// features themselves then tells where the signs of a class are (Zhou et al. 2016).
bool has_map(const NetworkSpec& spec);

// The bytes of the model. Input "photo": N×3×size×size, float, RGB in [0, 1]. Outputs: "probabilities" (N×classes,
// softmax); where the network has that head "presence" (N×1, sigmoid: the probability that any of the classes is in the
// picture); where has_map "class_activation" (N×classes×h×w: what each place of the photo adds to the classes' logits;
// with a margin finer than the network's own, smoothed towards zero there). `network` is one fold_for_inference, its
// weights rounded to half precision: they are stored so. `notes` become the model's metadata.
std::string write_onnx(const PlainNetwork& network, int size, const std::map<std::string, std::string>& notes);

}  // namespace catdog
