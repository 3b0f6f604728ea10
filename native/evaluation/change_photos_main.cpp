// catdog-change-photos: changed copies of photos, for measuring how a network takes it (scripts/evaluate --changed).
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <opencv2/imgcodecs.hpp>

#include "evaluation/changed_photo.h"
#include "inference/photo_list.h"
#include "support/files.h"
#include "support/interrupt.h"
#include "support/ordered_parallel.h"
#include "support/tool.h"

namespace {

using namespace catdog;
namespace fs = std::filesystem;

constexpr std::size_t kAhead = 64;

// Without loss, so that the photo has the change that was asked for and no other. False where it cannot be read.
bool write_changed(const fs::path& photo, const std::string& change, const fs::path& out) {
  std::vector<std::uint8_t> bytes;
  try {
    const cv::Mat picture = cv::imread(photo.string(), cv::IMREAD_COLOR);
    if (picture.empty()) return false;
    if (!cv::imencode(".png", changed_photo(picture, change), bytes, {cv::IMWRITE_PNG_COMPRESSION, 1})) return false;
  } catch (const cv::Exception&) {  // a picture too large for OpenCV, say
    return false;
  }
  fs::create_directories(out.parent_path());
  write_file(out, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return true;
}

// The photo's path in the folder. A link lies where it lies, not where it leads.
fs::path path_inside(const fs::path& photo, const fs::path& folder) {
  const fs::path whole = (fs::absolute(folder) / "").lexically_normal().parent_path();
  const fs::path inside = fs::absolute(photo).lexically_normal().lexically_relative(whole);
  if (inside.empty() || inside == "." || *inside.begin() == "..") {
    fail(photo, "a photo in " + folder.string(), "one outside of it");
  }
  return inside;
}

void change_photos(const fs::path& folder, const std::string& change, const fs::path& out) {
  PhotoList photos;
  photos.add_listed(STDIN_FILENO, '\0');
  std::vector<fs::path> copies;
  for (std::size_t i = 0; i < photos.size(); ++i) {
    copies.push_back(out / (path_inside(photos.path(i), folder).string() + ".png"));
  }
  std::size_t written = 0;
  ordered_parallel(
      photos.size(), core_count(), kAhead,
      [&](std::size_t i) { return write_changed(photos.path(i), change, copies[i]); },
      [&](std::size_t, bool done) {
        check_interrupt();
        written += done;
      });
  if (written == 0) {
    throw std::runtime_error("expected photos that can be read, each path on standard input ended by NUL, found none");
  }
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
  app.add_option("--out", out, "Folder for the copies")->check(no_name)->required();
  app.footer("Example:\n  find pets -type f -print0 | catdog-change-photos dark --folder pets --out dark");
  return run_tool(app, argc, argv, [&] { change_photos(folder, change, out); });
}
