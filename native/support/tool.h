// What all command-line tools share: parsing, exit codes, the last word on errors.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <sstream>
#include <string>

namespace catdog {

inline constexpr int kSuccess = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongUsage = 2;

// Thrown for a use of options that the parser alone cannot find wrong: exit code 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// For check(): a number in [low, high], which CLI::Range takes "nan" for.
inline CLI::Validator number_from(double low, double high) {
  std::ostringstream described;
  described << "FLOAT in [" << low << " - " << high << ']';
  return CLI::Validator(
      [low, high](const std::string& text) -> std::string {
        double value = 0;
        if (CLI::detail::lexical_cast(text, value) && value >= low && value <= high) return {};
        std::ostringstream wrong;
        wrong << "expected a number from " << low << " to " << high << ", found '" << text << '\'';
        return wrong.str();
      },
      described.str());
}

// For check(): the name of a file or folder.
inline std::string no_name(const std::string& text) { return text.empty() ? "expected a name, found none" : ""; }

// To be called first in main(): makes sure that descriptors 0 to 2 are open, serves as a decoder process where the tool
// was started as one, parses the command line into `app`,
// watches for Ctrl-C, calls `run`, and ends the process with the exit code (--help, --version and wrong options are
// returned).
// Errors go to stderr as "NAME: message".
int run_tool(CLI::App& app, int argc, char** argv, const std::function<void()>& run);

}  // namespace catdog
