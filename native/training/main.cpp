// catdog-train: pipeline 2 on the command line.
#include <malloc.h>

#include <climits>
#include <string>

#include "training/commands.h"

namespace {

// A step of training takes and gives back hundreds of megabytes. Left alone, the C library hands large blocks back to
// the system at once, and every page of them must be cleared and mapped anew in the next step: more work than the
// arithmetic where other programs run too. tests/bench/bench_memory.py measures it.
void keep_freed_memory() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  mallopt(M_TOP_PAD, 256 << 20);
}

}  // namespace

int main(int argc, char** argv) {
  keep_freed_memory();
  const std::string command = argc > 1 ? argv[1] : "";
  if (command == "sync") return catdog::sync_command(argc - 1, argv + 1);
  if (command == "evaluate") return catdog::evaluate_command(argc - 1, argv + 1);
  if (command == "compare") return catdog::compare_command(argc - 1, argv + 1);
  return catdog::train_command(argc, argv);
}
