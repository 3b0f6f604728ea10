// What all command-line tools share: parsing, exit codes, the last word on errors.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace catdog {

inline constexpr int kFine = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongUsage = 2;

// Thrown for a use of options that the parser alone cannot find wrong: exit code 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Parses the command line into `app`, watches for Ctrl-C, calls `run`, and gives the exit code. Errors go to stderr as
// "NAME: message".
int run_tool(CLI::App& app, int argc, char** argv, const std::function<void()>& run);

}  // namespace catdog
