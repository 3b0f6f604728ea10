// Some photos that a thread classifies one after the other, and what is counted of them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "inference/engine.h"

namespace catdog {

struct Tally {
  std::vector<std::size_t> decided;  // for each label
  std::size_t uncertain = 0;
  std::size_t none = 0;
  std::size_t failed = 0;
  void add(const Tally& more);
};

struct Chunk {
  std::string rows;  // of the CSV, in the order of the photos
  Tally tally;
};

// A file that is offered: what its row is called, and how its bytes are had. read() throws std::runtime_error with what
// is to stand in the row.
struct OfferedFile {
  std::string path;
  std::function<std::vector<std::uint8_t>()> read;
};

// Is given each photo's index, as of offer(), the class that is said, and the picture that the network saw.
using ExplainCallback = std::function<void(std::size_t index, int class_id, const Image& picture)>;

// Classifies offer(0) … offer(count - 1), with `tta` with several looks at doubtful photos (looks.h). Holds the bytes
// of one file at a time.
Chunk classify_chunk(std::size_t count, const std::function<OfferedFile(std::size_t)>& offer, const ModelBundle& bundle,
                     EnginePool& engines, bool tta, const ExplainCallback& explain = {});

}  // namespace catdog
