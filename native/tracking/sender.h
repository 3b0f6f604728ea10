// The thread that brings a run's journal to its store, while the training goes on.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "tracking/backoff.h"
#include "tracking/journal.h"
#include "tracking/records.h"
#include "tracking/sync_state.h"

namespace catdog::tracking {

using Say = std::function<void(const std::string&)>;

// What the store did not get.
struct Unsent {
  std::size_t records = 0;  // still only in the run's folder
  std::size_t of = 0;       // all records
  std::string reason;       // why, where any are
  std::size_t refused = 0;  // records the store did not want; they are not sent again
  std::string where;        // the run's address or folder
  std::string text;         // a line for people: all of this, and what to do
};

class Sender {
 public:
  // `folder` is the run's. What a person should know at once goes to `say`, from the sender's thread.
  Sender(Journal& journal, std::filesystem::path folder, Destination destination, Say say);
  ~Sender();  // stops; what was not sent stays in the journal
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // Waits until the store has the first `bytes` of the journal, does not answer, gave up, `seconds` passed, or the
  // program is interrupted (support/interrupt.h).
  void wait_for(std::size_t bytes, double seconds);
  // Why nothing is sent any more; empty as long as it goes on.
  std::string blocked() const;
  std::string run_id() const;  // empty as long as no store knows the run

  // Sends what is left. Gives up when nothing has moved for `patience` seconds (bytes that trickle in, less than 1 KiB,
  // are no move), after `timeout` seconds whatever moves, after MLflow's number of retries, and at once when the
  // program is interrupted. Where it was interrupted before, three seconds are left to say so to the server. A request
  // under way takes a second to end. `sync_command` is what the text names to send the rest later.
  Unsent finish(double patience, double timeout, const std::string& sync_command);

 private:
  void run();
  bool send_next(Store& store);  // false when there is nothing left and finish() was called
  void refuse(const Bundle& bundle, const std::string& reason);
  void advance(const Bundle& bundle, const SyncState& sent);
  void trouble(const std::string& reason);
  std::string why_give_up(Backoff::Clock::time_point start, double patience, double timeout,
                          bool interrupted_before) const;
  Unsent unsent(const std::string& sync_command) const;
  std::string where() const;

  Journal& journal_;
  std::filesystem::path folder_;
  Destination destination_;
  Say say_;
  Backoff backoff_;
  SyncState sent_;  // guarded by mutex_
  std::string blocked_, trouble_, given_up_;
  bool done_ = false;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> finishing_{false};
  std::size_t doubtful_until_;    // before this byte an earlier try may have reached the store
  std::size_t singly_until_ = 0;  // before this byte one of the records is at fault
  std::thread thread_;
};

}  // namespace catdog::tracking
