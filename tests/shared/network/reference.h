// What a network computes, by the definitions of ONNX's operators: slow, in double precision, and written without a
// look at the engine.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "catdog/photo/image.h"

namespace catdog {

struct ReferenceTensor {
  std::vector<std::int64_t> shape;
  std::vector<double> values;
};

// Every tensor of the graph, for one photo.
std::map<std::string, ReferenceTensor> reference(const std::string& onnx, const Image& picture);

}  // namespace catdog
