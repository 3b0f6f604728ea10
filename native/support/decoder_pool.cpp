#include "support/decoder_pool.h"

#include <utility>

#include "support/decoder_process.h"
#include "support/ordered_parallel.h"

namespace catdog {

DecoderPool::DecoderPool(std::chrono::milliseconds deadline, int most)
    : deadline_(deadline), most_(most > 0 ? most : core_count()) {}

DecoderPool::~DecoderPool() = default;

// One that is idle, or null for a new one; waits where as many as may be are busy.
std::unique_ptr<DecoderProcess> DecoderPool::take() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [&] { return lent_ < most_; });
  ++lent_;
  while (!idle_.empty()) {
    auto process = std::move(idle_.back());
    idle_.pop_back();
    if (process->is_idle()) return process;  // else the system has ended it meanwhile
  }
  return nullptr;
}

void DecoderPool::give_back(std::unique_ptr<DecoderProcess> process) {
  {
    const std::lock_guard lock(mutex_);
    --lent_;
    if (process && process->is_sound()) idle_.push_back(std::move(process));
  }
  returned_.notify_one();
}

Result<Preprocessed> DecoderPool::decode(Bytes file, Format format, int size) {
  struct Loan {
    DecoderPool& pool;
    std::unique_ptr<DecoderProcess> process;
    ~Loan() { pool.give_back(std::move(process)); }
  } loan{*this, take()};
  try {
    if (!loan.process) loan.process = std::make_unique<DecoderProcess>();
  } catch (const NotStarted& failure) {
    return Error{Problem::kNoMemory, failure.what()};
  }
  return loan.process->decode(file, format, size, deadline_);
}

}  // namespace catdog
