// OpenCV's dnn module as an engine.
#pragma once

#include <memory>
#include <string>

#include "inference/engine.h"

namespace catdog {

std::string opencv_engine_name();

// Throws std::runtime_error where OpenCV cannot read the network. The caller has had the file checked by the core.
// `bundle` must outlive the engine.
std::unique_ptr<Engine> make_opencv_engine(const ModelBundle& bundle);

}  // namespace catdog
