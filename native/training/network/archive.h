// Files of tensors as LibTorch writes them.
#pragma once

#include <torch/serialize/archive.h>

#include <filesystem>

namespace catdog {

// Writes the archive whole or not at all. Throws std::runtime_error where it cannot be written.
void write_archive(const std::filesystem::path& file, torch::serialize::OutputArchive& archive);

}  // namespace catdog
