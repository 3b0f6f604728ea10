// main() of a test whose photos are decoded in child processes: those are the test's own program, started again.
#pragma once

#include <gtest/gtest.h>

#include "support/decoder_child.h"

namespace catdog {

// `decode`: what a child does with a photo.
inline int run_tests_or_decode(int argc, char** argv, Decode decode) {
  become_decoder_if_asked(argc, argv, decode);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

}  // namespace catdog
