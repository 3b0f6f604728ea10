// How far a store has taken a run's journal: RUN_DIR/tracking-sent.json.
#pragma once

#include <filesystem>

#include "tracking/store.h"

namespace catdog::tracking {

struct SyncState {
  std::string uri;
  RunPlace place;
  std::size_t bytes = 0;          // of the journal
  std::size_t records = 0;        // the same, counted
  Json results = Json::object();  // what later records need: the ids of logged models
  Json refused = Json::array();   // records that the store refused: {"id", "reason"}

  // Throws std::runtime_error where the file holds something else; a missing file is an empty SyncState.
  static SyncState read(const std::filesystem::path& file);
  void write(const std::filesystem::path& file) const;
};

}  // namespace catdog::tracking
