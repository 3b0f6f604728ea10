// Where the real photos are, for tests that need them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace catdog {

// The folder of real photos: the environment's CATDOG_TEST_DATA, else ../shared/data beside the repository; empty where
// neither exists.
std::filesystem::path test_data();

// For GTEST_SKIP, where `test_data()` is empty.
inline constexpr const char* kNoTestData =
    "there are no photos: CATDOG_TEST_DATA is not set and ../shared/data does not exist";

// The regular files directly in `folder`, by name.
std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder);

// The whole file; an empty vector where it cannot be read.
std::vector<unsigned char> bytes_of(const std::filesystem::path& file);

}  // namespace catdog
