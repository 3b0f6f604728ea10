// The journal of a run: a file to which every record is appended before anything is sent anywhere. It is the queue
// between training and sender, and what a later `sync` sends from.
//
// One JSON object a line, {"id": …, "type": …, "time": ms, …}. Ids are unique: a record whose id is there already is
// not appended again, so that a training that repeats an epoch after a crash logs it once.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "tracking/text.h"

namespace catdog::tracking {

struct Record {
  Json json;
  std::size_t end = 0;  // where the next one starts, bytes
};

class Journal {
 public:
  // Opens or creates the file and locks it. A last line that was cut short by a crash is taken off. Throws
  // std::runtime_error where it cannot be opened, is in use by another process, or holds something else.
  explicit Journal(const std::filesystem::path& file);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // From any thread; costs one write(2). False where `id` is there already. Throws std::runtime_error where the record
  // could not be written whole (a full disk); the journal is then as before.
  bool append(const std::string& id, const std::string& type, Json record);

  // How many ids there are, and how many of them start so.
  std::size_t count() const;
  std::size_t count(const std::string& start) const;
  bool has(const std::string& id) const;

  // For the sender: the record at `offset`, which is 0 or a Record's end; nothing at the end of the journal.
  std::optional<Record> read(std::size_t offset) const;
  std::size_t size() const;  // bytes
  // Waits until there is more than `offset` bytes, wake() was called, or `seconds` passed.
  void wait_for_more(std::size_t offset, double seconds);
  void wake();
  void flush_to_disk();  // what was appended survives a power cut

 private:
  void recover();

  std::filesystem::path file_;
  int descriptor_;
  mutable std::mutex mutex_;
  std::condition_variable grown_;
  std::set<std::string> ids_;
  std::size_t size_ = 0, flushed_ = 0;
  bool woken_ = false;
};

}  // namespace catdog::tracking
