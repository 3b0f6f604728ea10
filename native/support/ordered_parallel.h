// Work on many items on all cores, results taken in order, with bounded memory.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

namespace catdog {

inline int core_count() { return std::max(1u, std::thread::hardware_concurrency()); }

// Calls make(i) for i in [0, count) on `threads` threads, and take(i, result) on the calling thread in the order of i.
// At most `ahead` results wait. An exception in either ends the work and is thrown on the calling thread.
template <class Make, class Take>
void ordered_parallel(std::size_t count, int threads, std::size_t ahead, Make make, Take take) {
  using Value = decltype(make(std::size_t{0}));
  std::mutex mutex;
  std::condition_variable room, ready;
  std::deque<std::optional<Value>> window;  // results of items taken, taken + 1, …
  std::size_t taken = 0, started = 0;
  bool stop = false;
  std::exception_ptr failure;

  const auto work = [&] {
    std::unique_lock lock(mutex);
    for (;;) {
      room.wait(lock, [&] { return stop || started == count || started < taken + ahead; });
      if (stop || started == count) return;
      const std::size_t item = started++;
      window.emplace_back();
      lock.unlock();
      try {
        Value value = make(item);
        lock.lock();
        window[item - taken] = std::move(value);
      } catch (...) {
        if (!lock.owns_lock()) lock.lock();
        if (!failure) failure = std::current_exception();
        stop = true;
        room.notify_all();
      }
      ready.notify_all();
    }
  };
  std::vector<std::thread> workers;
  try {
    const std::size_t wanted = std::min(count, static_cast<std::size_t>(std::max(threads, 1)));
    while (workers.size() < wanted) workers.emplace_back(work);
  } catch (const std::system_error&) {  // the system allows no more threads: fewer will do
    if (workers.empty()) throw;
  }
  const auto end = [&] {
    {
      const std::lock_guard lock(mutex);
      stop = true;
    }
    room.notify_all();
    for (std::thread& worker : workers) worker.join();
  };
  try {
    for (std::size_t item = 0; item < count; ++item) {
      std::unique_lock lock(mutex);
      ready.wait(lock, [&] { return failure || (!window.empty() && window.front()); });
      if (failure) break;
      Value value = std::move(*window.front());
      window.pop_front();
      ++taken;
      lock.unlock();
      room.notify_one();
      take(item, std::move(value));
    }
  } catch (...) {
    end();
    throw;
  }
  end();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace catdog
