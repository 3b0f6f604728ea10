// Artifacts in a folder of this machine that a server names.
#pragma once

#include <filesystem>
#include <string>

namespace catdog::tracking {

// A copy of `file` as `path` below `folder` (a path, or file:…), whole or not at all. Never replaces a file: one with
// the same contents stays. Throws Rejected (only_this) where there is one with other contents, std::runtime_error where
// the folder cannot be written.
void put_in_local_folder(const std::string& folder, const std::string& path, const std::filesystem::path& file);

}  // namespace catdog::tracking
