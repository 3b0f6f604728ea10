// How long the sender thread waits, and what cuts it short.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>

namespace catdog::tracking {

// Thrown out of whatever waits or transfers when stop() was called.
struct Stopped : std::runtime_error {
  Stopped() : std::runtime_error("stopped") {}
};

class Backoff {
 public:
  using Clock = std::chrono::steady_clock;

  // Waits; hurry() ends it early, but not when a server asked for the pause. Throws Stopped.
  void pause(double seconds, bool asked_for) {
    std::unique_lock lock(mutex_);
    const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    changed_.wait_until(lock, end, [&] { return stopped_ || (hurried_ && !asked_for); });
    hurried_ = false;
    if (stopped_) throw Stopped();
  }
  void hurry() { set(hurried_); }
  void stop() { set(stopped_); }
  bool stopped() const { return stopped_; }
  void check() const {
    if (stopped_) throw Stopped();
  }

  // When something last went forward: a record was taken, bytes moved.
  void moved() { moved_ = Clock::now().time_since_epoch().count(); }
  double seconds_since_moved() const {
    return std::chrono::duration<double>(Clock::now() - Clock::time_point(Clock::duration(moved_))).count();
  }

 private:
  void set(std::atomic<bool>& flag) {
    {
      const std::lock_guard lock(mutex_);
      flag = true;
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stopped_{false}, hurried_{false};
  std::atomic<Clock::rep> moved_{Clock::now().time_since_epoch().count()};
};

}  // namespace catdog::tracking
