// Files and folders: listing and reading, and writing that is whole or not at all (atomic_file.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "catdog/bytes.h"
#include "support/atomic_file.h"

namespace catdog {

// Throws std::runtime_error: "PATH: expected …, found …".
[[noreturn]] void fail(const std::filesystem::path& path, const std::string& expected, const std::string& found);

// The folder's own name, also of "runs/first/" and of ".".
std::string folder_name(const std::filesystem::path& folder);

// The files below `folder`, clutter left out (catdog/photo/paths.h): their paths relative to it, '/' between folders,
// in path order. Folders that are symbolic links are not followed. Sub-folders that cannot be opened are listed as
// files: reading them says why. Throws std::runtime_error where `folder` is missing, no folder, or unreadable, and
// Interrupted.
std::vector<std::string> list_files(const std::filesystem::path& folder);

// The whole file. Throws std::runtime_error ("expected a readable file, found …") where it cannot be read, is no
// regular file, or is larger than kMaxFileBytes.
std::vector<std::uint8_t> read_file(const std::filesystem::path& file);

inline Bytes view(const std::vector<std::uint8_t>& bytes) { return {bytes.data(), bytes.size()}; }

// Flushes a file or a folder to the disk. Throws std::runtime_error.
void sync_to_disk(const std::filesystem::path& path);

}  // namespace catdog
