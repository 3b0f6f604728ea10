#include "tracking/sync_state.h"

#include <fstream>

#include "support/files.h"

namespace catdog::tracking {

SyncState SyncState::read(const std::filesystem::path& file) {
  SyncState sent;
  std::ifstream stream(file);
  if (!stream) return sent;
  try {
    const Json json = Json::parse(stream);
    sent.uri = json.at("uri");
    sent.place = {json.at("experiment_id"), json.at("run_id"), json.at("artifact_uri")};
    sent.bytes = json.at("bytes");
    sent.records = json.at("records");
    sent.results = json.at("results");
    sent.refused = json.at("refused");
  } catch (const Json::exception& problem) {
    throw std::runtime_error(file.string() + ": expected how far tracking has got, found: " + problem.what());
  }
  return sent;
}

void SyncState::write(const std::filesystem::path& file) const {
  const Json json = {{"uri", uri},
                     {"experiment_id", place.experiment_id},
                     {"run_id", place.run_id},
                     {"artifact_uri", place.artifacts},
                     {"bytes", bytes},
                     {"records", records},
                     {"results", results},
                     {"refused", refused}};
  write_file(file, json.dump(2) + '\n');
}

}  // namespace catdog::tracking
