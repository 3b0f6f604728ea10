// The subcommands of catdog-train. Each takes what stands after its name, and gives the exit code.
#pragma once

namespace catdog {

int train_command(int argc, char** argv);  // without a name
int sync_command(int argc, char** argv);
int average_command(int argc, char** argv);

}  // namespace catdog
