// One HTTP request by libcurl. What came of it is either a reply, whatever its status, or an HttpFailure.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "tracking/pace.h"
#include "tracking/settings.h"

namespace catdog::tracking {

struct HttpRequest {
  std::string method, url;
  std::string body;              // JSON
  std::filesystem::path upload;  // a file instead of a body
};

struct HttpReply {
  long status = 0;
  std::string body;
  std::optional<double> retry_after;  // seconds
};

// No whole reply came.
struct HttpFailure : std::runtime_error {
  HttpFailure(const std::string& what, bool received, bool final_)
      : std::runtime_error(what), maybe_received(received), final(final_) {}
  bool maybe_received;  // the server may have acted on it
  bool final;           // it will not go better next time: a certificate that is not trusted, say
};

class Http {
 public:
  Http(ServerSettings settings, Pace& pace);
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  // Throws HttpFailure, Stopped, and std::runtime_error where the file to upload cannot be read.
  HttpReply send(const HttpRequest& request);

 private:
  void set_login();
  void set_request(const HttpRequest& request);

  struct Handle;
  ServerSettings settings_;
  Pace& pace_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace catdog::tracking
