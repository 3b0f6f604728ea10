// Decodes photos in child processes: a stranger's file may crash or hold a decoder, or fill its memory; it then costs
// one error, not the tool.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "catdog/photo/preprocess.h"
#include "support/decoder_limits.h"

namespace catdog {

class DecoderProcess;

// Processes start when they are first needed, one for each photo that is decoded at the same time, and are kept. For
// any number of threads.
class DecoderPool {
 public:
  // `deadline`: for one photo. `most`: processes; 0: one for each core.
  explicit DecoderPool(std::chrono::milliseconds deadline = std::chrono::seconds(kDecoderSeconds), int most = 0);
  ~DecoderPool();
  DecoderPool(const DecoderPool&) = delete;
  DecoderPool& operator=(const DecoderPool&) = delete;

  // What the child's Decode makes of the photo, or "… the decoder crashed", "… took longer than 20 s", "… needed more
  // than 1 GiB". Throws Interrupted where the tool is asked to end meanwhile.
  Result<Preprocessed> decode(Bytes file, Format format, int size);

 private:
  std::unique_ptr<DecoderProcess> take();
  void give_back(std::unique_ptr<DecoderProcess> process);

  const std::chrono::milliseconds deadline_;
  const int most_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<DecoderProcess>> idle_;
  int lent_ = 0;
};

}  // namespace catdog
