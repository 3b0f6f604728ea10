#include "tracking/http.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <mutex>

#include "catdog/text.h"
#include "tracking/reply.h"

namespace catdog::tracking {
namespace {

constexpr std::size_t kMaxHeaderBytes = 256 * 1024;
constexpr int kMaxRedirects = 5;
constexpr double kSlowestUpload = 16 * 1024;  // bytes a second
constexpr curl_off_t kProgress = 1024;        // bytes: what trickles in more slowly is no progress to wait for

struct Transfer {
  Backoff* backoff = nullptr;
  std::string body = {};
  std::size_t header_bytes = 0;
  bool too_large = false;
  curl_off_t moved = 0;
};

std::size_t take(char* data, std::size_t, std::size_t bytes, void* transfer) {
  Transfer& state = *static_cast<Transfer*>(transfer);
  state.too_large = state.body.size() + bytes > kMaxReplyBytes;
  if (state.too_large) return 0;
  state.body.append(data, bytes);
  return bytes;
}

// libcurl keeps all headers of a reply.
std::size_t count_header(char*, std::size_t, std::size_t bytes, void* transfer) {
  Transfer& state = *static_cast<Transfer*>(transfer);
  state.header_bytes += bytes;
  state.too_large = state.header_bytes > kMaxHeaderBytes;
  return state.too_large ? 0 : bytes;
}

int watch(void* transfer, curl_off_t, curl_off_t down, curl_off_t, curl_off_t up) {
  Transfer& state = *static_cast<Transfer*>(transfer);
  if (down + up - state.moved >= kProgress) {
    state.backoff->moved();
    state.moved = down + up;
  }
  return state.backoff->stopped() ? 1 : 0;
}

bool never_sent(CURLcode code, CURL* curl) {
  if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY ||
      code == CURLE_SSL_CONNECT_ERROR) {
    return true;
  }
  curl_off_t before_transfer = 0;
  curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &before_transfer);
  return before_transfer == 0;
}

bool final_failure(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_CERTPROBLEM ||
         code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
}

// Seconds to wait, from "120" or a date.
std::optional<double> retry_after(CURL* curl) {
  curl_header* header = nullptr;
  if (curl_easy_header(curl, "Retry-After", 0, CURLH_HEADER, -1, &header) != CURLHE_OK) return std::nullopt;
  char* end = nullptr;
  const double seconds = std::strtod(header->value, &end);
  if (end != header->value && *end == '\0') return seconds > 0 ? seconds : 0;  // not for "nan" either
  const std::time_t date = curl_getdate(header->value, nullptr);
  if (date == -1) return std::nullopt;
  return std::max(std::difftime(date, std::time(nullptr)), 0.0);
}

// Scheme, host and port of an address; empty where it is none.
std::string origin_of(const std::string& url) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> parsed(curl_url(), curl_url_cleanup);
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return "";
  std::string origin;
  for (const CURLUPart part : {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT}) {
    char* text = nullptr;
    if (curl_url_get(parsed.get(), part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return "";
    origin += (part == CURLUPART_HOST ? "://" : part == CURLUPART_PORT ? ":" : "") + std::string(text);
    curl_free(text);
  }
  std::transform(origin.begin(), origin.end(), origin.begin(), [](unsigned char c) { return std::tolower(c); });
  return origin;
}

}  // namespace

struct Http::Handle {
  CURL* curl = curl_easy_init();
  curl_slist* headers = nullptr;
  std::FILE* file = nullptr;
  char reason[CURL_ERROR_SIZE] = {};

  void forget_request() {
    curl_slist_free_all(headers);
    if (file) std::fclose(file);
    headers = nullptr;
    file = nullptr;
    reason[0] = '\0';
  }
  ~Handle() {
    forget_request();
    curl_easy_cleanup(curl);
  }
};

Http::Http(ServerSettings settings, Backoff& backoff) : settings_(std::move(settings)), backoff_(backoff) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  handle_ = std::make_unique<Handle>();
  if (!handle_->curl) throw std::runtime_error("libcurl does not start");
}

Http::~Http() = default;

void Http::set_login() {
  CURL* curl = handle_->curl;
  if (!settings_.user.empty() && !settings_.password.empty()) {
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(curl, CURLOPT_USERNAME, settings_.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, settings_.password.c_str());
  } else if (!settings_.token.empty()) {
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, settings_.token.c_str());
  }
  if (settings_.insecure_tls) {
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  if (!settings_.server_cert.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, settings_.server_cert.c_str());
  if (!settings_.client_cert.empty()) curl_easy_setopt(curl, CURLOPT_SSLCERT, settings_.client_cert.c_str());
}

void Http::set_request(const HttpRequest& request) {
  CURL* curl = handle_->curl;
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "catdog-tracking");
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, handle_->reason);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);  // redirect_of() looks where to
#if LIBCURL_VERSION_NUM >= 0x075700
  curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);  // a stop does not wait for a name server
#endif
  const auto timeout_ms = static_cast<long>(settings_.timeout * 1000);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
  const bool upload = !request.upload.empty();
  handle_->headers =
      curl_slist_append(nullptr, upload ? "Content-Type: application/octet-stream" : "Content-Type: application/json");
  handle_->headers = curl_slist_append(handle_->headers, "Expect:");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, handle_->headers);
  if (upload) {
    handle_->file = std::fopen(request.upload.c_str(), "rb");
    std::error_code failed;
    const auto size = std::filesystem::file_size(request.upload, failed);
    if (!handle_->file || failed) {
      throw std::runtime_error(request.upload.string() + ": expected a readable file, found " + std::strerror(errno));
    }
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READDATA, handle_->file);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size));
    // A large file may take longer than the timeout, as long as something moves.
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, std::max(timeout_ms / 1000, 1L));
    const double upload_ms = static_cast<double>(size) / kSlowestUpload * 1000;
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms + static_cast<long>(upload_ms));
  } else {
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
    if (request.method != "GET") {
      // On a connection that is used again curl sends a request a second time by itself when the connection ends before
      // an answer, though the server may have acted on the first. On a new one it reports the failure.
      curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
    }
  }
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

// Where a reply sends to, of the same origin; empty where it does not. Throws HttpFailure for other origins.
std::string Http::redirect_of(const HttpRequest& request, const HttpReply& reply) const {
  if (reply.status < 300 || reply.status > 399) return "";
  const char* target = nullptr;
  curl_easy_getinfo(handle_->curl, CURLINFO_REDIRECT_URL, &target);
  if (!target) return "";
  const std::string origin = origin_of(target);
  if (!origin.empty() && origin == origin_of(request.url)) return target;
  throw HttpFailure("expected an answer, found a redirect to " +
                        (origin.empty() ? "what is no address" : visible(cut(origin, 200))) +
                        "; redirects to other servers are not followed: give the right address instead",
                    true, true);
}

HttpReply Http::send(const HttpRequest& request) {
  HttpRequest next = request;
  for (int redirects = 0; redirects <= kMaxRedirects; ++redirects) {
    HttpReply reply = send_once(next);
    const std::string target = redirect_of(next, reply);
    if (target.empty()) return reply;
    next.url = target;
  }
  throw HttpFailure("expected an answer, found more than " + std::to_string(kMaxRedirects) + " redirects", true, true);
}

HttpReply Http::send_once(const HttpRequest& request) {
  backoff_.check();
  CURL* curl = handle_->curl;
  curl_easy_reset(curl);  // connections stay open
  handle_->forget_request();
  set_request(request);
  set_login();
  Transfer transfer{&backoff_};
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, count_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
  const CURLcode code = curl_easy_perform(curl);
  if (code == CURLE_ABORTED_BY_CALLBACK) throw Stopped();
  if (transfer.too_large) {
    throw HttpFailure("expected an answer of at most 16 MB, with 256 KB of headers, found a larger one", true, true);
  }
  if (code != CURLE_OK) {
    const std::string reason = handle_->reason[0] ? handle_->reason : curl_easy_strerror(code);
    throw HttpFailure(reason, !never_sent(code, curl), final_failure(code));
  }
  HttpReply reply;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply.status);
  reply.body = std::move(transfer.body);
  reply.retry_after = retry_after(curl);
  return reply;
}

}  // namespace catdog::tracking
