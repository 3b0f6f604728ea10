#include "support/test_data.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace catdog {
namespace fs = std::filesystem;

fs::path test_data() {
  const char* named = std::getenv("CATDOG_TEST_DATA");
  const fs::path folder = named && *named ? fs::path(named) : fs::path(CATDOG_SOURCE_DIR) / "../shared/data";
  return fs::is_directory(folder) ? folder : fs::path();
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<unsigned char> bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace catdog
