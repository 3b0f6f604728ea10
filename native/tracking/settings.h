// Where runs are tracked, and how to talk to a server: options, and MLflow's own environment variables.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace catdog::tracking {

// Where runs go: a server, or a folder with MLflow's file store.
struct Destination {
  bool server = false;
  std::string uri;               // http(s)://host:port/path without user, password and trailing '/'; or absolute path
  std::string user, password;    // from the address http://user:password@host
  std::filesystem::path folder;  // of the file store
};

// `uri`: http://…, https://…, file:…, or a folder. Empty: MLFLOW_TRACKING_URI, else ./mlruns.
// Throws std::runtime_error for addresses of other kinds (sqlite:, databricks, HOST:PORT without http://, …), saying
// what would do instead. A folder with ':' in its first part is written "./a:b". What the error shows of the address
// holds no user name, password or token.
Destination destination_of(std::string uri);

// Whether the server runs on this machine: localhost, 127.0.0.0/8, [::1].
bool is_loopback(const Destination& server);

// The address without "user:password@".
std::string without_login(const std::string& uri);

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
  // Whether artifacts may go into a folder of this machine that the server names: servers on this machine may name one,
  // others only with CATDOG_TRACKING_LOCAL_ARTIFACTS=true.
  bool local_artifacts = false;

  // What must not be shown, in all forms in which it is sent; not a user name of less than four letters.
  std::vector<std::string> secrets() const;
};

// These three throw std::runtime_error for a value that is no number, out of range, or no truth value.

// Seconds between samples of the machine's load: MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL, else `otherwise`.
double system_metrics_interval(double otherwise);

// Seconds that the end of a run may take: CATDOG_TRACKING_FINISH_TIMEOUT, else `otherwise`.
double finish_timeout(double otherwise);

ServerSettings server_settings(const Destination& destination);

// The variable's value; empty where it is not set.
std::string environment(const char* name);

}  // namespace catdog::tracking
