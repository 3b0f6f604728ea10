// What tracking keeps in a run's folder.
#pragma once

namespace catdog::tracking {

inline constexpr const char* kJournalFile = "tracking.jsonl";   // journal.h
inline constexpr const char* kSentFile = "tracking-sent.json";  // sync_state.h
inline constexpr const char* kCopiesFolder = "tracking-files";  // artifacts and models until they are sent

}  // namespace catdog::tracking
