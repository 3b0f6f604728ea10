#include "tracking/rest_api.h"

#include <algorithm>
#include <cmath>

namespace catdog::tracking {
namespace {

constexpr double kLongestPause = 30;         // seconds, unless the server asks for more
constexpr double kLongestAskedPause = 3600;  // "Retry-After: tomorrow" is not obeyed
constexpr std::size_t kShownReply = 300;

// What MLflow's own client tries again.
bool transient(long status) {
  return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

// What the server says of a failure: MLflow's message, or the start of whatever it sent.
std::string message_of(const HttpReply& reply, const Json& json) {
  if (json.is_object() && json.contains("message") && json["message"].is_string()) return json["message"];
  return cut(reply.body, kShownReply);
}

}  // namespace

RestApi::RestApi(const Destination& destination, Pace& pace, OnTrouble on_trouble)
    : address_(destination.uri),
      settings_(server_settings(destination)),
      pace_(pace),
      on_trouble_(std::move(on_trouble)),
      http_(settings_, pace) {}

std::string RestApi::url_of(const Call& call) const {
  std::string url = address_ + "/api/2.0/" + percent_encoded_path(call.path);
  char separator = '?';
  for (const auto& [name, value] : call.query.items()) {
    url += separator + name + '=' + percent_encoded(value.get<std::string>());
    separator = '&';
  }
  return url;
}

Json RestApi::accept(const HttpReply& reply) const {
  const Json json = Json::parse(reply.body, nullptr, false);
  const std::string status = std::to_string(reply.status);
  if (reply.status == 401 || reply.status == 403) {
    const bool login = !settings_.token.empty() || !settings_.user.empty();
    throw Rejected(address_ + " refused " +
                       (login ? "the user name and password, or token" : "a request without login") + " (" + status +
                       "): set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN",
                   reply.status, "");
  }
  const bool fine = reply.status >= 200 && reply.status < 300;
  if (fine && json.is_object()) return json;
  if (fine && reply.body.empty()) return Json::object();  // an artifact was taken
  if (json.is_object() && json.contains("error_code")) {
    throw Rejected(address_ + " refused (" + status + "): " + message_of(reply, json), reply.status,
                   json["error_code"].is_string() ? json["error_code"].get<std::string>() : json["error_code"].dump());
  }
  throw Rejected(address_ + ": expected an MLflow server's answer, found (" + status + ") " + message_of(reply, json),
                 reply.status, "");
}

Json RestApi::once(bool doubtful, const std::function<std::optional<Call>(bool)>& next) {
  for (int attempt = 0;; ++attempt) {
    const std::optional<Call> call = next(doubtful);
    if (!call) return nullptr;
    std::string reason;
    std::optional<double> asked;
    try {
      const std::string body =
          call->method == "GET" ? "" : call->body.dump(-1, ' ', false, Json::error_handler_t::replace);
      const HttpReply reply = http_.send({call->method, url_of(*call), body, call->upload});
      if (!transient(reply.status)) {
        pace_.moved();
        return accept(reply);
      }
      doubtful = doubtful || reply.status != 429;
      asked = reply.retry_after;
      reason =
          "answered " + std::to_string(reply.status) + ' ' + message_of(reply, Json::parse(reply.body, nullptr, false));
    } catch (const HttpFailure& failure) {
      if (failure.final) throw Rejected(address_ + ": " + failure.what(), 0, "");
      doubtful = doubtful || failure.maybe_received;
      reason = failure.what();
    }
    reason = address_ + ": " + reason;
    if (attempt >= settings_.max_retries) throw Unreachable(reason);
    const double jitter = std::uniform_real_distribution<>(0.5, 1.5)(jitter_);
    const double pause = asked ? std::min(*asked, kLongestAskedPause)
                               : std::min(settings_.backoff * std::pow(2.0, attempt) * jitter, kLongestPause);
    on_trouble_(reason, pause);
    pace_.pause(pause, asked.has_value());
  }
}

Json RestApi::call(const Call& call) {
  return once(false, [&](bool) { return std::optional<Call>(call); });
}

Json RestApi::find(const std::string& path, const Json& query) {
  try {
    return call({"GET", path, {}, query, {}});
  } catch (const Rejected& rejected) {
    if (rejected.code == "RESOURCE_DOES_NOT_EXIST") return nullptr;
    throw;
  }
}

}  // namespace catdog::tracking
