// Names that checkpoints and bundles of earlier versions have for options, networks and layers.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace catdog {

// The binding options of a checkpoint (see binding_options) by today's names.
nlohmann::ordered_json with_current_names(const nlohmann::ordered_json& options);

// Today's name of a layer's tensor, such as "pretrained_head.weight".
std::string current_tensor_name(const std::string& name);

// What it was called before; the same where nothing changed.
std::string former_tensor_name(const std::string& name);

}  // namespace catdog
