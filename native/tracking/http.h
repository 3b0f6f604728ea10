// One HTTP request by libcurl. What came of it is either a reply, whatever its status, or an HttpFailure.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "tracking/backoff.h"
#include "tracking/settings.h"

namespace catdog::tracking {

struct HttpRequest {
  std::string method, url;
  std::string body;              // JSON
  std::filesystem::path upload;  // a file instead of a body
};

struct HttpReply {
  long status = 0;
  std::string body;                   // at most kMaxReplyBytes (reply.h)
  std::optional<double> retry_after;  // seconds
};

// No whole reply came.
struct HttpFailure : std::runtime_error {
  HttpFailure(const std::string& what, bool received, bool final_)
      : std::runtime_error(what), maybe_received(received), final(final_) {}
  bool maybe_received;  // the server may have acted on it
  bool final;           // it will not go better next time: a certificate that is not trusted, say
};

// What brings a request to a server.
class Transport {
 public:
  virtual ~Transport() = default;
  // Throws HttpFailure, Stopped, and std::runtime_error where the file to upload cannot be read.
  virtual HttpReply send(const HttpRequest& request) = 0;
};

// By libcurl. Every request ends: after the settings' timeout, or, with a file to upload, after that and the time that
// the file takes at 16 KiB/s; a stop() of `backoff` ends it within a second. Redirects are followed within one origin
// (scheme, host and port) only: what is said to this server, and its login, is for no other.
class Http : public Transport {
 public:
  Http(ServerSettings settings, Backoff& backoff);
  ~Http() override;
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  HttpReply send(const HttpRequest& request) override;

 private:
  HttpReply send_once(const HttpRequest& request);
  std::string redirect_of(const HttpRequest& request, const HttpReply& reply) const;
  void set_login();
  void set_request(const HttpRequest& request);

  struct Handle;
  ServerSettings settings_;
  Backoff& backoff_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace catdog::tracking
