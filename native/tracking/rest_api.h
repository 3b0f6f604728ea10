// MLflow's REST API, call by call: addresses, JSON, what failures mean, and trying again.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <random>

#include "tracking/http.h"
#include "tracking/reply.h"

namespace catdog::tracking {

// No answer, or one that asks for patience, after all retries. It may go better later.
struct Unreachable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Call {
  std::string method, path;  // path below /api/2.0/
  Json body;                 // of POST and PATCH
  Json query;                // of GET: names and texts
  std::filesystem::path upload;
};

class RestApi {
 public:
  // `on_trouble` hears of every failure that is followed by another try, with the seconds until then.
  using OnTrouble = std::function<void(const std::string& reason, double seconds)>;
  // `transport`: by default Http.
  RestApi(const Destination& destination, Backoff& backoff, OnTrouble on_trouble,
          std::unique_ptr<Transport> transport = nullptr);

  // For calls that do no harm when the server gets them twice. Throws Rejected, Unreachable, Stopped.
  Json call(const Call& call);

  // For calls that must act once. `next` gives the call to make; after a failure that leaves open whether the server
  // acted (and at first, if `doubtful`) it is asked with true, looks what the server has, and gives nothing when
  // nothing is left to do; the result is then null.
  Json once(bool doubtful, const std::function<std::optional<Call>(bool doubtful)>& next);

  // The same as call() for GET, but null where the thing does not exist.
  Json find(const std::string& path, const Json& query);

  const std::string& address() const { return address_; }
  const ServerSettings& settings() const { return settings_; }

 private:
  std::string url_of(const Call& call) const;
  Json accept(const HttpReply& reply) const;  // throws Rejected
  // What the server says of a failure, as far as it can be shown: short, harmless to a terminal, without our secrets.
  std::string message_of(const HttpReply& reply, const Json& json) const;

  std::string address_;
  ServerSettings settings_;
  Backoff& backoff_;
  OnTrouble on_trouble_;
  std::unique_ptr<Transport> transport_;
  std::minstd_rand jitter_{std::random_device{}()};
};

}  // namespace catdog::tracking
