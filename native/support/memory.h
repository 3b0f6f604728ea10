// How the C library handles large blocks of memory.
#pragma once

#include <malloc.h>

#include <climits>

namespace catdog {

// A step of training takes and gives back hundreds of megabytes. Left alone, the C library hands large blocks back to
// the system at once, and every page of them must be cleared and mapped anew in the next step. From now on freed memory
// stays with the process. `scripts/bench training` measures both ways.
inline void keep_freed_memory() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  mallopt(M_TOP_PAD, 256 << 20);
}

}  // namespace catdog
