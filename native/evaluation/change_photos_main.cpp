// catdog-change-photos: changed copies of photos, for measuring how a network takes it (scripts/evaluate --changed).
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <opencv2/imgcodecs.hpp>

#include "evaluation/changed_photo.h"
#include "support/files.h"
#include "support/ordered_parallel.h"
#include "support/tool.h"

namespace {

using namespace catdog;
namespace fs = std::filesystem;

constexpr std::size_t kAhead = 64;

// Without loss, so that the photo has the change that was asked for and no other. False where it cannot be read.
bool write_changed(const fs::path& photo, const std::string& change, const fs::path& out) {
  const cv::Mat picture = cv::imread(photo.string(), cv::IMREAD_COLOR);
  if (picture.empty()) return false;
  std::vector<std::uint8_t> bytes;
  cv::imencode(".png", changed_photo(picture, change), bytes, {cv::IMWRITE_PNG_COMPRESSION, 1});
  fs::create_directories(out.parent_path());
  write_file(out, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return true;
}

void change_photos(const fs::path& folder, const std::string& change, const fs::path& out) {
  std::vector<fs::path> photos;
  for (std::string path; std::getline(std::cin, path, '\0');) photos.emplace_back(path);
  std::size_t written = 0;
  ordered_parallel(
      photos.size(), core_count(), kAhead,
      [&](std::size_t i) {
        const fs::path inside = photos[i].lexically_relative(folder);  // a link lies where it lies, not where it leads
        return write_changed(photos[i], change, out / (inside.string() + ".png"));
      },
      [&](std::size_t, bool done) { written += done; });
  if (written < photos.size()) {
    std::fprintf(stderr, "%zu of %zu photos could not be read and have no changed copy\n", photos.size() - written,
                 photos.size());
  }
}

}  // namespace

int main(int argc, char** argv) {
  fs::path folder, out;
  std::string change;
  CLI::App app{
      "Writes changed copies of the photos that standard input lists (paths ended by NUL) into a folder, as PNG.",
      "catdog-change-photos"};
  app.add_option("change", change, "What to change")->required()->check(CLI::IsMember(photo_changes()));
  app.add_option("--folder", folder, "Folder that the photos lie in; the copies are named as in there")->required();
  app.add_option("--out", out, "Folder for the copies")->required();
  app.footer("Example:\n  find pets -type f -print0 | catdog-change-photos dark --folder pets --out dark");
  return run_tool(app, argc, argv, [&] { change_photos(folder, change, out); });
}
