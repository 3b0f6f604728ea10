#include "tracking/sender.h"

#include <chrono>

#include "support/interrupt.h"
#include "tracking/run_files.h"

namespace catdog::tracking {
namespace fs = std::filesystem;
namespace {

constexpr double kIdleWait = 1;                        // seconds; new records wake the sender at once
constexpr double kRoundPause = 1;                      // seconds between rounds of tries, each with its own pauses
constexpr double kLastWords = 3;                       // seconds for the end of a run that was interrupted
constexpr auto kLook = std::chrono::milliseconds(50);  // how often a wait looks for an interrupt

}  // namespace

Sender::Sender(Journal& journal, fs::path folder, Destination destination, Say say)
    : journal_(journal),
      folder_(std::move(folder)),
      destination_(std::move(destination)),
      say_(std::move(say)),
      sent_(SyncState::read(folder_ / kSentFile)),
      // Another process may have sent what it could not note any more.
      doubtful_until_(journal.size()) {
  sent_.uri = destination_.uri;
  if (sent_.bytes > journal_.size()) {
    throw std::runtime_error((folder_ / kSentFile).string() + ": expected to be about this run's journal, found " +
                             std::to_string(sent_.bytes) + " bytes noted of " + std::to_string(journal_.size()));
  }
  thread_ = std::thread([this] { run(); });
}

Sender::~Sender() {
  backoff_.stop();
  journal_.wake();
  if (thread_.joinable()) thread_.join();
}

void Sender::run() {
  std::string reason;
  try {
    const auto store = make_store(destination_, backoff_, [this](const std::string& what, double) { trouble(what); });
    while (send_next(*store)) backoff_.check();
  } catch (const Stopped&) {
  } catch (const std::exception& problem) {
    reason = problem.what();
  }
  {
    const std::lock_guard lock(mutex_);
    blocked_ = reason;
    done_ = true;
  }
  if (!reason.empty() && !finishing_)
    say_(reason + ". Nothing more is sent; the records are kept in " + folder_.string());
  changed_.notify_all();
}

bool Sender::send_next(Store& store) {
  const bool last = finishing_;  // read first: what is appended before finish() is seen below
  SyncState sent = sent_;
  const Bundle bundle = next_records(journal_, sent.bytes, sent.bytes < singly_until_ ? 1 : SIZE_MAX);
  if (bundle.records.empty()) {
    if (!last) journal_.wait_for_more(sent.bytes, kIdleWait);
    return !last;
  }
  journal_.flush_to_disk();
  const bool doubtful = sent.bytes < doubtful_until_;
  doubtful_until_ = std::max(doubtful_until_, bundle.end);  // until it is known to have worked
  try {
    const std::string news = apply(store, bundle, folder_, sent, doubtful);
    advance(bundle, sent);
    if (!news.empty()) say_(news);
  } catch (const Rejected& rejected) {
    if (!rejected.only_this() || bundle.records.front().json.at("type") == "run") throw;
    if (bundle.records.size() == 1) {
      refuse(bundle, rejected.what());
    } else {
      singly_until_ = bundle.end;
    }
  } catch (const Unreachable& unreachable) {
    trouble(unreachable.what());
    if (finishing_) throw;
    backoff_.pause(kRoundPause, false);
  }
  return true;
}

void Sender::advance(const Bundle& bundle, const SyncState& applied) {
  bool again = false;
  SyncState sent = applied;
  sent.bytes = bundle.end;
  sent.records += bundle.records.size();
  sent.write(folder_ / kSentFile);
  remove_copies(bundle, folder_);
  {
    const std::lock_guard lock(mutex_);
    sent_ = std::move(sent);
    again = !trouble_.empty();
    trouble_.clear();
  }
  backoff_.moved();
  changed_.notify_all();
  if (again) say_(destination_.uri + " answers again");
}

void Sender::refuse(const Bundle& bundle, const std::string& reason) {
  const std::string id = bundle.records.front().json.at("id");
  SyncState sent = sent_;
  sent.refused.push_back({{"id", id}, {"reason", reason}});
  advance(bundle, sent);
  say_("the record " + id + " was left out: " + reason);
}

void Sender::trouble(const std::string& reason) {
  bool first;
  {
    const std::lock_guard lock(mutex_);
    first = trouble_.empty();
    trouble_ = reason;
  }
  changed_.notify_all();
  if (first) say_(reason + ". The training goes on; what is not sent is kept in " + folder_.string());
}

void Sender::wait_for(std::size_t bytes, double seconds) {
  std::unique_lock lock(mutex_);
  const auto end = Backoff::Clock::now() + std::chrono::duration<double>(seconds);
  while (!done_ && trouble_.empty() && sent_.bytes < bytes && !interrupted() && Backoff::Clock::now() < end) {
    changed_.wait_for(lock, kLook);
  }
}

std::string Sender::blocked() const {
  const std::lock_guard lock(mutex_);
  return blocked_;
}

std::string Sender::run_id() const {
  const std::lock_guard lock(mutex_);
  return sent_.place.run_id;
}

// Empty as long as it is worth while to wait.
std::string Sender::why_give_up(Backoff::Clock::time_point start, double patience, double timeout,
                                bool interrupted_before) const {
  const double seconds = std::chrono::duration<double>(Backoff::Clock::now() - start).count();
  if (interrupted() && (!interrupted_before || seconds >= kLastWords)) return "interrupted";
  if (seconds >= timeout) return destination_.uri + " did not take all within " + shortest(timeout) + " s";
  if (backoff_.seconds_since_moved() >= patience) return destination_.uri + " was too slow";
  return "";
}

Unsent Sender::finish(double patience, double timeout, const std::string& sync_command) {
  const auto start = Backoff::Clock::now();
  const bool interrupted_before = interrupted();
  finishing_ = true;
  backoff_.moved();
  backoff_.hurry();
  journal_.wake();
  {
    std::unique_lock lock(mutex_);
    while (!done_ && (given_up_ = why_give_up(start, patience, timeout, interrupted_before)).empty()) {
      changed_.wait_for(lock, kLook);
    }
  }
  backoff_.stop();
  if (thread_.joinable()) thread_.join();
  const Unsent left = unsent(sync_command);
  std::error_code ignored;  // what a crash may have left of copies
  if (left.records == 0) fs::remove_all(folder_ / kCopiesFolder, ignored);
  return left;
}

std::string Sender::where() const {
  if (!destination_.server) return destination_.uri;
  if (sent_.place.run_id.empty()) return destination_.uri;
  return destination_.uri + "/#/experiments/" + sent_.place.experiment_id + "/runs/" + sent_.place.run_id;
}

Unsent Sender::unsent(const std::string& sync_command) const {
  Unsent unsent;
  unsent.of = journal_.count();
  unsent.records = unsent.of - sent_.records;
  unsent.refused = sent_.refused.size();
  unsent.where = where();
  if (unsent.records > 0) {
    unsent.reason = !blocked_.empty() ? blocked_ : !trouble_.empty() ? trouble_ : given_up_;
    unsent.text = std::to_string(unsent.records) + " of " + std::to_string(unsent.of) + " records could not be sent (" +
                  unsent.reason + "). They are kept; send them with: " + sync_command;
  } else {
    unsent.text = "tracked at " + unsent.where;
  }
  if (unsent.refused > 0) {
    unsent.text += ". The store did not want " + std::to_string(unsent.refused) + " of the records (" +
                   (folder_ / kSentFile).string() + " says why)";
  }
  return unsent;
}

}  // namespace catdog::tracking
