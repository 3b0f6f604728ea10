// What a training says, on stderr and in small files.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "evaluation/metrics.h"

namespace catdog {

// One line for each epoch, the keys of the first as header.
std::string history_csv(const nlohmann::ordered_json& history);

void say_epoch(const nlohmann::ordered_json& epoch, int epochs, bool best);
void say_presence(const PresenceMetrics& metrics);

// The Git commit of the working directory, "unknown" outside of a repository.
std::string current_commit();

}  // namespace catdog
