// Options that the subcommands of catdog-train share which make a network.
#pragma once

#include "support/tool.h"
#include "training/train_options.h"

namespace catdog {

// --features, --out, --other, --exclude.
void add_data_options(CLI::App& app, TrainOptions& options);

// How the network is measured, tracked and described. After add_data_options.
void add_result_options(CLI::App& app, TrainOptions& options);

}  // namespace catdog
