#include "tracking/rest_api.h"

#include <algorithm>
#include <cmath>

#include "catdog/text.h"
namespace catdog::tracking {
namespace {

constexpr double kLongestPause = 30;         // seconds, unless the server asks for more
constexpr double kLongestAskedPause = 3600;  // "Retry-After: tomorrow" is not obeyed
constexpr std::size_t kShownReply = 600;

// What MLflow's own client tries again.
bool transient(long status) {
  return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
}

}  // namespace

RestApi::RestApi(const Destination& destination, Backoff& backoff, OnTrouble on_trouble,
                 std::unique_ptr<Transport> transport)
    : address_(destination.uri),
      settings_(server_settings(destination)),
      backoff_(backoff),
      on_trouble_(std::move(on_trouble)),
      transport_(transport ? std::move(transport) : std::make_unique<Http>(settings_, backoff)) {}

std::string RestApi::message_of(const HttpReply& reply, const Json& json) const {
  const bool mlflow = json.is_object() && json.contains("message") && json["message"].is_string();
  // Cut twice: a server may answer with megabytes, and the secret may lie across the end of what is shown.
  std::string said = cut(mlflow ? json["message"].get_ref<const std::string&>() : reply.body, 2 * kMaxReplyText);
  for (const std::string& secret : settings_.secrets()) replace_all(said, secret, "***");
  return visible(cut(said, kShownReply));
}

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
  const Json json = parse_reply(reply.body);
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
                   json["error_code"].is_string() ? cut(json["error_code"].get<std::string>(), kShownReply) : "");
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
      const HttpReply reply = transport_->send({call->method, url_of(*call), body, call->upload});
      if (!transient(reply.status)) {
        backoff_.moved();
        return accept(reply);
      }
      doubtful = doubtful || reply.status != 429;
      asked = reply.retry_after;
      reason = "answered " + std::to_string(reply.status) + ' ' + message_of(reply, parse_reply(reply.body));
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
    backoff_.pause(pause, asked.has_value());
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
