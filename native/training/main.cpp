// catdog-train: pipeline 2 on the command line.
#include <string>

#include "support/memory.h"
#include "training/commands.h"

int main(int argc, char** argv) {
  catdog::keep_freed_memory();
  const std::string command = argc > 1 ? argv[1] : "";
  if (command == "sync") return catdog::sync_command(argc - 1, argv + 1);
  if (command == "average") return catdog::average_command(argc - 1, argv + 1);
  return catdog::train_command(argc, argv);
}
