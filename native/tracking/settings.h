// Where runs are tracked, and how to talk to a server: options, and MLflow's own environment variables.
#pragma once

#include <filesystem>
#include <string>

namespace catdog::tracking {

// Where runs go: a server, or a folder with MLflow's file store.
struct Destination {
  bool server = false;
  std::string uri;               // http(s)://host:port/path without user, password and trailing '/'; or absolute path
  std::string user, password;    // from the address http://user:password@host
  std::filesystem::path folder;  // of the file store
};

// `uri`: http://…, https://…, file:…, or a folder. Empty: MLFLOW_TRACKING_URI, else ./mlruns.
// Throws std::runtime_error for addresses of other kinds (sqlite:, databricks, …), saying what would do instead.
Destination destination_of(std::string uri);

// How to talk to the server.
struct ServerSettings {
  std::string user, password;  // MLFLOW_TRACKING_USERNAME, _PASSWORD
  std::string token;           // MLFLOW_TRACKING_TOKEN
  bool insecure_tls = false;   // MLFLOW_TRACKING_INSECURE_TLS
  std::string server_cert;     // MLFLOW_TRACKING_SERVER_CERT_PATH: a bundle of certificates to trust
  std::string client_cert;     // MLFLOW_TRACKING_CLIENT_CERT_PATH
  int max_retries = 7;         // MLFLOW_HTTP_REQUEST_MAX_RETRIES
  double timeout = 120;        // seconds; MLFLOW_HTTP_REQUEST_TIMEOUT
  double backoff = 2;          // seconds, doubled with every retry; MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR
};

// These two throw std::runtime_error for a value that is no number or no truth value.

// Seconds between samples of the machine's load: MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL, else `otherwise`.
double system_metrics_interval(double otherwise);

ServerSettings server_settings(const Destination& destination);

// The variable's value; empty where it is not set.
std::string environment(const char* name);

}  // namespace catdog::tracking
