#include "tracking/store.h"

#include <cstdlib>

#include "tracking/file_store.h"
#include "tracking/rest_store.h"

namespace catdog::tracking {
namespace {

constexpr const char* kMetricTag = "measure.metric";
constexpr const char* kValueTag = "measure.value";
constexpr const char* kTestSetTag = "measure.test_set";

std::string value_of(const std::vector<Named>& tags, const std::string& key) {
  for (const Named& tag : tags) {
    if (tag.key == key) return tag.value;
  }
  return "";
}

}  // namespace

const char* status_name(RunStatus status) {
  switch (status) {
    case RunStatus::kRunning: return "RUNNING";
    case RunStatus::kFinished: return "FINISHED";
    case RunStatus::kFailed: return "FAILED";
    case RunStatus::kKilled: return "KILLED";
  }
  return "FAILED";
}

std::unique_ptr<Store> make_store(const Destination& destination, Backoff& backoff, RestApi::OnTrouble on_trouble) {
  if (destination.server) return std::make_unique<RestStore>(destination, backoff, std::move(on_trouble));
  return std::make_unique<FileStore>(destination.folder);
}

std::vector<Named> measure_tags(const Measure& measure) {
  return {{kMetricTag, measure.metric}, {kValueTag, shortest(measure.value)}, {kTestSetTag, measure.test_set}};
}

bool beats(const Measure& measure, const std::vector<Named>& champion_tags, const std::string& champion_version,
           std::string& because) {
  const std::string theirs = value_of(champion_tags, kValueTag), champion = "version " + champion_version;
  if (value_of(champion_tags, kTestSetTag) != measure.test_set ||
      value_of(champion_tags, kMetricTag) != measure.metric) {
    because = champion + " stays champion: it was not measured by " + measure.metric + " on the same test set";
    return false;
  }
  const double value = std::strtod(theirs.c_str(), nullptr);
  const bool better = measure.higher_is_better ? measure.value > value : measure.value < value;
  because = std::string(better ? "it is better than " : "it is not better than ") + champion + ": " + measure.metric +
            ' ' + shortest(measure.value) + ", " + champion + ' ' + theirs + ", on the same test set";
  return better;
}

}  // namespace catdog::tracking
