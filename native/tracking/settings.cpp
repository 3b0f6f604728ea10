#include "tracking/settings.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <stdexcept>

#include "tracking/text.h"

namespace catdog::tracking {
namespace fs = std::filesystem;
namespace {

bool starts_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

Destination server_at(const std::string& uri) {
  Destination destination;
  destination.server = true;
  const std::size_t host = uri.find("://") + 3;
  const std::size_t path = std::min(uri.find('/', host), uri.size());
  const std::size_t at = uri.rfind('@', path);
  destination.uri = uri;
  if (at != std::string::npos && at >= host && at < path) {
    const std::string login = uri.substr(host, at - host);
    const std::size_t colon = std::min(login.find(':'), login.size());
    destination.user = percent_decoded(login.substr(0, colon));
    destination.password = colon < login.size() ? percent_decoded(login.substr(colon + 1)) : "";
    destination.uri = uri.substr(0, host) + uri.substr(at + 1);
  }
  while (!destination.uri.empty() && destination.uri.back() == '/') destination.uri.pop_back();
  return destination;
}

Destination folder_at(const fs::path& folder) {
  Destination destination;
  destination.folder = fs::absolute(folder).lexically_normal();
  if (!destination.folder.has_filename()) destination.folder = destination.folder.parent_path();
  destination.uri = destination.folder.string();
  return destination;
}

double number(const char* name, double otherwise, double least) {
  const std::string value = environment(name);
  if (value.empty()) return otherwise;
  char* end = nullptr;
  const double result = std::strtod(value.c_str(), &end);
  if (*end != '\0' || !(result >= least)) {
    throw std::runtime_error(std::string(name) + ": expected a number of at least " + shortest(least) + ", found \"" +
                             value + '"');
  }
  return result;
}

bool truth(const char* name) {
  std::string value = environment(name);
  std::transform(value.begin(), value.end(), value.begin(), [](unsigned char c) { return std::tolower(c); });
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
  if (starts_with(uri, "http://") || starts_with(uri, "https://")) return server_at(uri);
  if (starts_with(uri, "file://")) {
    const std::size_t path = uri.find('/', 7);  // file:///path, file://localhost/path
    const std::string host = uri.substr(7, path - 7);
    if (path != std::string::npos && (host.empty() || host == "localhost")) {
      return folder_at(percent_decoded(uri.substr(path)));
    }
  } else if (starts_with(uri, "file:")) {
    return folder_at(percent_decoded(uri.substr(5)));
  } else if (uri.find("://") == std::string::npos && uri != "databricks") {
    return folder_at(uri);
  }
  throw std::runtime_error("expected http(s)://… or a folder as the tracking address, found \"" + uri +
                           "\". For a database start a server on it (mlflow server --backend-store-uri …) and give "
                           "the server's address");
}

double system_metrics_interval(double otherwise) {
  return number("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", otherwise, 0.001);
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
  settings.max_retries = static_cast<int>(number("MLFLOW_HTTP_REQUEST_MAX_RETRIES", settings.max_retries, 0));
  settings.timeout = number("MLFLOW_HTTP_REQUEST_TIMEOUT", settings.timeout, 0.001);
  settings.backoff = number("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", settings.backoff, 0);
  return settings;
}

}  // namespace catdog::tracking
