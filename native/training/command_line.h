// The options of catdog-train, in the groups that --help shows.
#pragma once

#include "support/tool.h"
#include "training/train_options.h"

namespace catdog {

void add_train_options(CLI::App& app, TrainOptions& options);

// With --pretrained, what was not asked for is as fine-tuning wants it. After parsing.
void use_fine_tuning_defaults(const CLI::App& app, TrainOptions& options);

}  // namespace catdog
