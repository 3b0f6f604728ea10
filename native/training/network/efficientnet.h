// EfficientNet-Lite: EfficientNet (Tan & Le 2019) without squeeze-excitation and with ReLU6, made for phones.
#pragma once

#include "training/network/network_spec.h"

namespace catdog {

NetworkSpec make_efficientnet_lite0(const Heads& heads);
// A tenth wider and a fifth deeper: 1.7 times the parameters, 2.1 times the work.
NetworkSpec make_efficientnet_lite2(const Heads& heads);

}  // namespace catdog
