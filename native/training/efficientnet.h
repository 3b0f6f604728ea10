// EfficientNet-Lite0: EfficientNet-B0 (Tan & Le 2019) without squeeze-excitation and with ReLU6, made for phones.
#pragma once

#include "training/network_spec.h"

namespace catdog {

NetworkSpec make_efficientnet_lite0(const Heads& heads);

}  // namespace catdog
