// make_test_pictures OUT_DIR: writes the test pictures, sound and broken, for tests of other rooms and languages.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "pictures/test_pictures.h"

namespace {

void write(const std::filesystem::path& folder, const catdog::TestPicture& picture) {
  const std::filesystem::path file = folder / picture.name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream stream(file, std::ios::binary);
  stream.write(reinterpret_cast<const char*>(picture.bytes.data()), static_cast<std::streamsize>(picture.bytes.size()));
  stream.close();
  if (!stream) throw std::runtime_error(file.string() + ": expected to be written whole, found a failure");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "Usage: make_test_pictures OUT_DIR\n");
    return 2;
  }
  try {
    for (const auto& picture : catdog::sound_pictures()) write(argv[1], picture);
    for (const auto& picture : catdog::broken_pictures()) write(argv[1], picture);
    for (const auto& picture : catdog::profile_pictures()) write(argv[1], picture);
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "make_test_pictures: %s\n", failure.what());
    return 1;
  }
}
