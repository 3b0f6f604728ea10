// From records of the journal to calls of a store.
#pragma once

#include <filesystem>
#include <vector>

#include "tracking/journal.h"
#include "tracking/store.h"
#include "tracking/sync_state.h"

namespace catdog::tracking {

// Records that go to the store together: one, or several of metrics, parameters and tags.
struct Bundle {
  std::vector<Record> records;
  std::size_t end = 0;  // of the last one, in the journal
};

// The next ones from `offset` on, at most `most`, within MLflow's limits for one request. Empty at the end.
Bundle next_records(const Journal& journal, std::size_t offset, std::size_t most);

// Applies them; notes in `sent` what later records need. `folder` is the run's: the records name copies of files in it.
// Gives what a person may want to hear, or nothing.
std::string apply(Store& store, const Bundle& bundle, const std::filesystem::path& folder, SyncState& sent,
                  bool doubtful);

// The copies of files that these records name: no longer needed once the store has them.
void remove_copies(const Bundle& bundle, const std::filesystem::path& folder);

}  // namespace catdog::tracking
