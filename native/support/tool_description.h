// What a tool's options are, for programs: manual pages and completions are written from it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace catdog {

// JSON: {"name", "version", "description", "footer", "options": [{"names": ["-h", "--help"], "placeholder", "type",
// "default", "required", "many", "group", "description"}]}. Options named by their place come first and have no names
// but a placeholder; "type" is CLI11's, empty for a flag, such as "INT:INT in [1 - 9]".
std::string tool_description(const CLI::App& app, const std::string& version);

}  // namespace catdog
