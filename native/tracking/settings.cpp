#include "tracking/settings.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <stdexcept>

#include "catdog/text.h"
#include "tracking/text.h"

namespace catdog::tracking {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kLeastUser = 4;               // letters: a user called "me" would be found in every "message"
constexpr double kDay = 86400, kYear = 366 * kDay;  // seconds

bool starts_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// An address for an error message: where it may hold a login or a token, only its scheme.
std::string shown(const std::string& uri) {
  if (uri.find_first_of("@?#\\") == std::string::npos) return visible(cut(uri, 200));
  const std::size_t scheme = uri.find("://");
  const bool named = scheme != std::string::npos && uri.find_first_of("@?#:\\") == scheme;
  return (named ? visible(cut(uri.substr(0, scheme), 20)) + "://" : "") + "…";
}

[[noreturn]] void refuse(const std::string& uri, const std::string& expected) {
  throw std::runtime_error("expected " + expected + " as the tracking address, found \"" + shown(uri) + '"');
}

// "host", "host:5000", "[::1]:5000"
bool host_and_port(const std::string& text) {
  std::size_t end = 0;
  if (text[0] == '[') {
    end = std::min(text.find_first_not_of("0123456789abcdefABCDEF:.", 1), text.size());
    if (end == text.size() || text[end] != ']' || end == 1) return false;
    ++end;
  } else {
    const auto of_name = [](unsigned char c) {
      return std::isalnum(c) || c == '-' || c == '.' || c == '_' || c >= 0x80;
    };
    while (end < text.size() && of_name(static_cast<unsigned char>(text[end]))) ++end;
    if (end == 0) return false;
  }
  if (end == text.size()) return true;
  const std::string port = text.substr(end + 1);
  return text[end] == ':' && !port.empty() && port.size() <= 5 &&
         port.find_first_not_of("0123456789") == std::string::npos && std::stoi(port) >= 1 && std::stoi(port) <= 65535;
}

// `scheme`: "http://" or "https://", with which the address begins but for the case of letters.
Destination server_at(const std::string& scheme, const std::string& uri) {
  Destination destination;
  destination.server = true;
  const std::size_t host = scheme.size();
  const std::size_t path = std::min(uri.find_first_of("/?#", host), uri.size());
  std::string authority = uri.substr(host, path - host);
  if (const std::size_t at = authority.rfind('@'); at != std::string::npos) {
    const std::string login = authority.substr(0, at);
    const std::size_t colon = std::min(login.find(':'), login.size());
    destination.user = percent_decoded(login.substr(0, colon));
    destination.password = colon < login.size() ? percent_decoded(login.substr(colon + 1)) : "";
    authority.erase(0, at + 1);
  } else if (authority.find(':') != std::string::npos && uri.find('@', path) != std::string::npos) {
    // "me:12/34@host": the user and password, not host and port, of somebody who did not write %2F.
    refuse(uri, "%2F for '/' in a password, or %40 for '@' in a path,");
  }
  if (!host_and_port(authority))
    refuse(uri, scheme + "[user:password@]host[:port][/path], other marks written as %40,");
  const bool plain = std::all_of(uri.begin() + static_cast<std::ptrdiff_t>(path), uri.end(),
                                 [](unsigned char c) { return c > ' ' && c != 0x7F && c != '\\'; });
  if (!plain || uri.find_first_of("?#", path) != std::string::npos) {
    refuse(uri, scheme + "… without spaces, '?' and '#'");
  }
  destination.uri = scheme + authority + uri.substr(path);
  while (destination.uri.back() == '/') destination.uri.pop_back();
  return destination;
}

Destination folder_at(const fs::path& folder) {
  Destination destination;
  destination.folder = fs::absolute(folder).lexically_normal();
  if (!destination.folder.has_filename()) destination.folder = destination.folder.parent_path();
  destination.uri = destination.folder.string();
  return destination;
}

double number(const char* name, double otherwise, double least, double most) {
  const std::string value = environment(name);
  if (value.empty()) return otherwise;
  char* end = nullptr;
  const double result = std::strtod(value.c_str(), &end);
  if (*end != '\0' || !(result >= least && result <= most)) {
    throw std::runtime_error(std::string(name) + ": expected a number from " + shortest(least) + " to " +
                             shortest(most) + ", found \"" + value + '"');
  }
  return result;
}

bool truth(const char* name) {
  const std::string value = lower(environment(name));
  if (value.empty() || value == "false" || value == "0") return false;
  if (value == "true" || value == "1") return true;
  throw std::runtime_error(std::string(name) + ": expected true or false, found \"" + value + '"');
}

}  // namespace

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

Destination destination_of(std::string uri) {
  if (uri.empty()) uri = environment("MLFLOW_TRACKING_URI");
  if (uri.empty()) uri = "mlruns";
  for (const char* scheme : {"http://", "https://"}) {
    if (starts_with(lower(uri), scheme)) return server_at(scheme, uri);
  }
  if (starts_with(uri, "file://")) {
    const std::size_t path = uri.find('/', 7);  // file:///path, file://localhost/path
    const std::string host = uri.substr(7, path - 7);
    if (path != std::string::npos && (host.empty() || host == "localhost")) {
      return folder_at(percent_decoded(uri.substr(path)));
    }
  } else if (starts_with(uri, "file:")) {
    return folder_at(percent_decoded(uri.substr(5)));
  } else if (uri != "databricks" && !starts_with(uri, "//") &&
             uri.substr(0, uri.find('/')).find(':') == std::string::npos) {
    return folder_at(uri);
  }
  throw std::runtime_error("expected http(s)://… or a folder as the tracking address, found \"" + shown(uri) +
                           "\". Write http://HOST:PORT for a server, ./NAME for a folder with ':' in its name. For a "
                           "database start a server on it (mlflow server --backend-store-uri …) and give the server's "
                           "address");
}

bool is_loopback(const Destination& server) {
  if (!server.server) return false;
  const std::size_t host = server.uri.find("://") + 3;
  const std::string rest = lower(server.uri.substr(host, server.uri.find('/', host) - host));
  if (rest[0] == '[') return rest.compare(0, 5, "[::1]") == 0;
  const std::string name = rest.substr(0, rest.find(':'));
  // A name may begin with 127. too: only numbers count.
  return name == "localhost" || (name.compare(0, 4, "127.") == 0 && std::count(name.begin(), name.end(), '.') == 3 &&
                                 name.find_first_not_of("0123456789.") == std::string::npos);
}

std::string without_login(const std::string& uri) {
  const std::size_t host = uri.find("://");
  if (host == std::string::npos) return uri;
  const std::size_t at = uri.rfind('@', std::min(uri.find('/', host + 3), uri.size()));
  return at == std::string::npos || at < host + 3 ? uri : uri.substr(0, host + 3) + uri.substr(at + 1);
}

double system_metrics_interval(double otherwise) {
  return number("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", otherwise, 0.001, kDay);
}

double finish_timeout(double otherwise) { return number("CATDOG_TRACKING_FINISH_TIMEOUT", otherwise, 0.001, kYear); }

std::vector<std::string> ServerSettings::secrets() const {
  std::vector<std::string> all;
  const auto add = [&](const std::string& secret) {
    all.push_back(secret);
    all.push_back(percent_encoded(secret));
  };
  if (!password.empty()) add(password);
  if (!token.empty()) add(token);
  if (user.size() >= kLeastUser) add(user);
  if (!user.empty()) all.push_back(base64(user + ':' + password));
  return all;
}

ServerSettings server_settings(const Destination& destination) {
  ServerSettings settings;
  settings.user = environment("MLFLOW_TRACKING_USERNAME");
  settings.password = environment("MLFLOW_TRACKING_PASSWORD");
  if (!destination.user.empty()) {
    settings.user = destination.user;
    settings.password = destination.password;
  }
  settings.token = environment("MLFLOW_TRACKING_TOKEN");
  settings.insecure_tls = truth("MLFLOW_TRACKING_INSECURE_TLS");
  settings.server_cert = environment("MLFLOW_TRACKING_SERVER_CERT_PATH");
  settings.client_cert = environment("MLFLOW_TRACKING_CLIENT_CERT_PATH");
  settings.max_retries = static_cast<int>(number("MLFLOW_HTTP_REQUEST_MAX_RETRIES", settings.max_retries, 0, 1000));
  settings.timeout = number("MLFLOW_HTTP_REQUEST_TIMEOUT", settings.timeout, 0.001, kDay);
  settings.backoff = number("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", settings.backoff, 0, kDay);
  settings.local_artifacts = is_loopback(destination) || truth("CATDOG_TRACKING_LOCAL_ARTIFACTS");
  return settings;
}

}  // namespace catdog::tracking
